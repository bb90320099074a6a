using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// Finds the severity a line states. Words in capitals count anywhere in the line's head; small ones, which messages also use,
/// only where a level stands: in brackets, after <c>level=</c>, or before a colon.
/// </summary>
internal static class SeverityFinder
{
    /// <summary>A level stands soon after the time; a word further right is part of the message.</summary>
    private const int SearchBytes = 96;

    private const int WordBytesMax = 11;

    /// <summary>Severity in the part of the line that follows its time (or from its start if it has none).</summary>
    public static Severity Find(ReadOnlySpan<byte> rest)
    {
        ReadOnlySpan<byte> head = rest[..Math.Min(rest.Length, SearchBytes)];
        int at = 0;
        while (at < head.Length)
        {
            while (at < head.Length && !LineScanner.IsLetter(head[at]))
                at++;
            int start = at;
            while (at < head.Length && LineScanner.IsLetter(head[at]))
                at++;
            int length = at - start;
            if (length is 1 or > WordBytesMax or 0)
                continue;
            Severity severity = OfWord(head.Slice(start, length), out bool capitals);
            if (severity != Severity.Unknown && (capitals ? !IsNamePart(head, start, at) : IsLevelPlace(head, start, at)))
                return severity;
        }
        return Severity.Unknown;
    }

    /// <summary>The severity half of a syslog priority (RFC 5424, 6.2.1) at the start of the line.</summary>
    public static bool TryPriority(ReadOnlySpan<byte> line, out Severity severity)
    {
        severity = Severity.Unknown;
        if (line.IsEmpty || line[0] != '<')
            return false;
        var s = new LineScanner(line, 1);
        int digits = s.CountDigits(4);
        if (digits is 0 or 4)
            return false;
        long priority = s.Number(digits);
        if (s.Next != '>' || priority > 191)
            return false;
        severity = (Severity)((priority & 7) + 1);
        return true;
    }

    public static Severity OfKlog(byte letter) => letter switch
    {
        (byte)'I' => Severity.Info,
        (byte)'W' => Severity.Warning,
        (byte)'E' => Severity.Error,
        (byte)'F' => Severity.Critical,
        _ => Severity.Unknown,
    };

    /// <summary>Severity of a word in any case; <paramref name="capitals"/> when it is all capitals.</summary>
    public static Severity OfWord(ReadOnlySpan<byte> word, out bool capitals)
    {
        capitals = false;
        if (word.Length is < 3 or > WordBytesMax)
            return Severity.Unknown;
        Span<byte> lower = stackalloc byte[WordBytesMax];
        bool allCapitals = true;
        for (int i = 0; i < word.Length; i++)
        {
            lower[i] = (byte)(word[i] | 0x20);
            allCapitals &= lower[i] != word[i];
        }
        capitals = allCapitals;
        return OfLower(lower[..word.Length]);
    }

    private static Severity OfLower(ReadOnlySpan<byte> word) => word[0] switch
    {
        (byte)'i' => word.SequenceEqual("info"u8) || word.SequenceEqual("inf"u8) || word.SequenceEqual("information"u8) ? Severity.Info : Severity.Unknown,
        (byte)'e' => word.SequenceEqual("error"u8) || word.SequenceEqual("err"u8) ? Severity.Error
            : word.SequenceEqual("emerg"u8) || word.SequenceEqual("emergency"u8) ? Severity.Emergency : Severity.Unknown,
        (byte)'w' => word.SequenceEqual("warn"u8) || word.SequenceEqual("warning"u8) || word.SequenceEqual("wrn"u8) ? Severity.Warning : Severity.Unknown,
        (byte)'d' => word.SequenceEqual("debug"u8) || word.SequenceEqual("dbg"u8) ? Severity.Debug : Severity.Unknown,
        (byte)'t' => word.SequenceEqual("trace"u8) || word.SequenceEqual("trc"u8) ? Severity.Trace : Severity.Unknown,
        (byte)'v' => word.SequenceEqual("verbose"u8) ? Severity.Trace : Severity.Unknown,
        (byte)'n' => word.SequenceEqual("notice"u8) ? Severity.Notice : Severity.Unknown,
        (byte)'c' => word.SequenceEqual("critical"u8) || word.SequenceEqual("crit"u8) ? Severity.Critical : Severity.Unknown,
        (byte)'f' => word.SequenceEqual("fatal"u8) || word.SequenceEqual("ftl"u8) ? Severity.Critical
            : word.SequenceEqual("finest"u8) ? Severity.Trace
            : word.SequenceEqual("fine"u8) || word.SequenceEqual("finer"u8) ? Severity.Debug : Severity.Unknown,
        (byte)'s' => word.SequenceEqual("severe"u8) ? Severity.Error : Severity.Unknown,
        (byte)'a' => word.SequenceEqual("alert"u8) ? Severity.Alert : Severity.Unknown,
        (byte)'p' => word.SequenceEqual("panic"u8) ? Severity.Emergency : Severity.Unknown,
        _ => Severity.Unknown,
    };

    /// <summary>Part of a longer name such as <c>LOG_ERROR_CODE</c> or <c>android.intent.INFO</c>: not a level.</summary>
    private static bool IsNamePart(ReadOnlySpan<byte> head, int start, int end) =>
        (start > 0 && head[start - 1] is (byte)'_' or (byte)'.' or (byte)'-' or (byte)'$')
        || (end < head.Length && head[end] is (byte)'_' or (byte)'.' or (byte)'-' or (byte)'$');

    private static bool IsLevelPlace(ReadOnlySpan<byte> head, int start, int end)
    {
        byte after = end < head.Length ? head[end] : (byte)' ';
        byte before = start > 0 ? head[start - 1] : (byte)' ';
        if (before == '[' && after == ']' || before == '<' && after == '>' || before == '(' && after == ')')
            return true;
        // nginx and the like: "[error]" has been seen; Apache 2.4 writes "[core:error]".
        if (before == ':' && after == ']')
            return true;
        if (after == ':' && before is (byte)' ' or (byte)'[')
            return true;
        ReadOnlySpan<byte> key = head[..start].TrimEnd(" \""u8);
        if (key.IsEmpty || key[^1] is not ((byte)'=' or (byte)':'))
            return false;
        key = key[..^1].TrimEnd(" \""u8);
        return key.EndsWith("level"u8) || key.EndsWith("lvl"u8) || key.EndsWith("severity"u8) || key.EndsWith("Level"u8) || key.EndsWith("LogLevel"u8) || key.EndsWith("@l"u8);
    }
}
