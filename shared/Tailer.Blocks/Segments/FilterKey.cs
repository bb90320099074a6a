namespace Tailer.Blocks;

/// <summary>
/// What block filters hold and are asked for (docs/formats/segment.md, "Filters"): hashes of three letters in a row, of long
/// numbers, and of ids. The same functions serve writing and asking.
/// </summary>
public static class FilterKey
{
    /// <summary>Shorter numbers are everywhere.</summary>
    public const int NumberDigitsMin = 7;

    public const int IdBytesMin = 7;
    public const int TrigramBytes = 3;

    private const ulong Prime = 0x9E3779B97F4A7C15;

    /// <summary>Three ASCII letters in a row, in any case.</summary>
    public static ulong OfTrigram(byte a, byte b, byte c) => Mix(1, (uint)(a | 0x20) | (uint)(b | 0x20) << 8 | (uint)(c | 0x20) << 16);

    /// <summary>A whole run of digits.</summary>
    public static ulong OfNumber(ReadOnlySpan<byte> digits) => OfBytes(2, digits);

    /// <summary>A whole run of letters and digits that is an id (<see cref="IsId"/>), in any case.</summary>
    public static ulong OfId(ReadOnlySpan<byte> run) => OfBytes(3, run);

    /// <summary>Whether a run of letters and digits is one variable for the tokenizer wherever it stands: so it is never cut in two.</summary>
    public static bool IsId(ReadOnlySpan<byte> run)
    {
        if (run.Length is < IdBytesMin or > LineTokenizer.SlotBytesMax || run.IndexOfAnyInRange((byte)'0', (byte)'9') < 0 || run.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0)
            return false;
        // The x of 0x is not in the variable.
        return LineTokenizer.IsOneVariable(run) && !(run[0] == '0' && (run[1] | 0x20) == 'x');
    }

    private static ulong OfBytes(ulong kind, ReadOnlySpan<byte> bytes)
    {
        ulong h = kind;
        foreach (byte b in bytes)
            h = (h ^ (byte)(b is >= (byte)'A' and <= (byte)'Z' ? b | 0x20 : b)) * 0x100000001B3;
        return Mix(kind, h);
    }

    private static ulong Mix(ulong kind, ulong value)
    {
        ulong h = (value ^ kind << 60) * Prime;
        h = (h ^ h >> 32) * Prime;
        return h ^ h >> 29;
    }
}
