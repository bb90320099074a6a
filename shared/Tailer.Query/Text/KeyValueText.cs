using System.Buffers;

namespace Tailer.Queries;

/// <summary>How log lines write pairs: logfmt, JSON, JSON inside a JSON string, URL parameters, "key: value" prose.</summary>
internal static class KeyValueText
{
    private static readonly SearchValues<byte> EndsBareValue = SearchValues.Create(" \t\r\n,;&)]}>\"'"u8);

    /// <summary>
    /// After a key: its closing quote if any, blanks, <c>=</c> or <c>:</c>, blanks, the value's opening quote if any. Gives
    /// where the value starts, and the quote that will close it (empty: none).
    /// </summary>
    public static bool TryFindValue(ReadOnlySpan<byte> line, int keyEnd, out int valueStart, out ReadOnlySpan<byte> closingQuote)
    {
        valueStart = 0;
        closingQuote = default;
        int at = SkipBlanks(line, keyEnd + QuoteAt(line, keyEnd).Length);
        if (at >= line.Length || line[at] is not ((byte)'=' or (byte)':'))
            return false;
        valueStart = SkipBlanks(line, at + 1);
        closingQuote = QuoteAt(line, valueStart);
        valueStart += closingQuote.Length;
        return true;
    }

    /// <summary>A quoted value ends before its closing quote (or with the line), a bare one before a separator.</summary>
    public static int ValueLength(ReadOnlySpan<byte> rest, ReadOnlySpan<byte> closingQuote)
    {
        if (closingQuote.IsEmpty)
            return rest.IndexOfAny(EndsBareValue) is >= 0 and int end ? end : rest.Length;
        int from = 0;
        while (rest[from..].IndexOf(closingQuote) is >= 0 and int found)
        {
            from += found;
            if (closingQuote.Length > 1 || !IsEscaped(rest, from))
                return from;
            from++;
        }
        return rest.Length;
    }

    public static bool IsEndOfBareValue(ReadOnlySpan<byte> rest, int at) => at == rest.Length || EndsBareValue.Contains(rest[at]);

    /// <summary>A quote, or an escaped one: the line then carries JSON as the text of a JSON string.</summary>
    private static ReadOnlySpan<byte> QuoteAt(ReadOnlySpan<byte> line, int at)
    {
        if (at < line.Length && line[at] is (byte)'"' or (byte)'\'')
            return line.Slice(at, 1);
        if (at + 1 < line.Length && line[at] == '\\' && line[at + 1] == '"')
            return line.Slice(at, 2);
        return default;
    }

    private static bool IsEscaped(ReadOnlySpan<byte> text, int at)
    {
        int slashes = 0;
        while (slashes < at && text[at - 1 - slashes] == '\\')
            slashes++;
        return (slashes & 1) == 1;
    }

    private static int SkipBlanks(ReadOnlySpan<byte> line, int at)
    {
        while (at < line.Length && line[at] is (byte)' ' or (byte)'\t')
            at++;
        return at;
    }
}
