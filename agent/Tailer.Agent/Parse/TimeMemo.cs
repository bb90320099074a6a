using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// Remembers the time found last, because the next line mostly starts with the same second: then only the digits of its fraction are
/// read. Gives what <see cref="TimeFinder"/> gives, which it asks whenever the bytes before, in and right behind the time do not prove that.
/// For one file set, and not thread-safe.
/// </summary>
internal sealed class TimeMemo
{
    private const int TextBytesMax = 64;
    private const int FractionDigitsMax = 8;
    private const int BehindMax = 3;

    /// <summary>Of eight bytes: the digit zero, what makes more than nine overflow a half, and the halves it overflows to.</summary>
    private const ulong Zeros = 0x3030303030303030, Sixes = 0x0606060606060606, HighHalves = 0xF0F0F0F0F0F0F0F0;

    /// <summary>Two of the four pairs of digits, and what the first and the second of two pairs count, for both at once.</summary>
    private const ulong PairMask = 0x000000FF000000FF, HundredsOfPairs = 100 + (1_000_000UL << 32), OnesOfPairs = 1 + (10_000UL << 32);

    private readonly byte[] text = new byte[TextBytesMax];

    /// <summary>Bytes kept: up to the time's end and some more. 0 when nothing is.</summary>
    private int length;
    private int fractionStart;
    private int fractionEnd;

    /// <summary>What the fraction's last digit counts.</summary>
    private uint fractionScale;

    /// <summary>One bit for each of these bytes but the fraction's.</summary>
    private ulong compared;
    private ulong reference;

    /// <summary>The time without its fraction.</summary>
    private ulong second;
    private int at;
    private int end;

    /// <summary>Times that were found by comparing.</summary>
    public long Hits { get; private set; }

    public bool TryFind(ReadOnlySpan<byte> line, ulong reference, ZoneClock zone, out ulong time, out int at, out int end, out bool isImpossible)
    {
        isImpossible = false;
        if (length > 0 && line.Length >= length && reference == this.reference && IsSame(line) && TryFraction(line, out uint fraction))
        {
            time = second + fraction;
            (at, end) = (this.at, this.end);
            Hits++;
            return true;
        }
        bool found = TimeFinder.TryFind(line, reference, zone, out time, out at, out end, out isImpossible);
        length = 0;
        // In the hour that comes twice a year the text alone does not tell the time.
        if (found && !zone.IsAmbiguous)
            Keep(line, reference, time, at, end);
        return found;
    }

    /// <summary>All kept bytes but the fraction's; at once where the line is as long as the longest text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsSame(ReadOnlySpan<byte> line) => line.Length >= TextBytesMax
        ? (ShortBytes.Differences(ref MemoryMarshal.GetReference(line), ref MemoryMarshal.GetArrayDataReference(text)) & compared) == 0
        : IsSameByParts(line);

    private bool IsSameByParts(ReadOnlySpan<byte> line) =>
        line[..fractionStart].SequenceEqual(text.AsSpan(0, fractionStart)) && line[fractionEnd..length].SequenceEqual(text.AsSpan(fractionEnd, length - fractionEnd));

    /// <summary>As many digits as remembered; the byte behind them has been compared.</summary>
    private bool TryFraction(ReadOnlySpan<byte> line, out uint fraction)
    {
        fraction = 0;
        int digits = fractionEnd - fractionStart;
        if (digits == 0)
            return true;
        // Eight digits at once, the last in the highest byte; those before the fraction are made zeros. A clock stands before it.
        ulong kept = ulong.MaxValue << (8 * (FractionDigitsMax - digits));
        ulong text = BinaryPrimitives.ReadUInt64LittleEndian(line[(fractionEnd - FractionDigitsMax)..]);
        ulong values = (text ^ Zeros) & kept;
        if (((values | (values + Sixes)) & HighHalves) != 0)
            return false;
        values = values * 10 + (values >> 8);
        values = ((values & PairMask) * HundredsOfPairs + ((values >> 16) & PairMask) * OnesOfPairs) >> 32;
        fraction = (uint)values * fractionScale;
        return true;
    }

    private void Keep(ReadOnlySpan<byte> line, ulong reference, ulong time, int at, int end)
    {
        // Where something else might have been taken for a time before this one, more bytes would have to be the same.
        bool isFirst = at == 0 || (at == 1 && line[0] == '[');
        if (!isFirst || end + BehindMax > Math.Min(line.Length, TextBytesMax) || BytesBehind(line.Slice(end, BehindMax), LineScanner.IsDigit(line[at])) is not { } behind)
            return;
        line[..(end + behind)].CopyTo(text);
        (fractionStart, fractionEnd) = FractionOf(line[..end], at);
        if (fractionEnd - fractionStart > FractionDigitsMax || (fractionEnd > fractionStart && fractionEnd < FractionDigitsMax))
            return;
        fractionScale = 1;
        for (int digits = fractionEnd - fractionStart; digits < FractionDigitsMax; digits++)
            fractionScale *= 10;
        length = end + behind;
        compared = Bits(length) & ~(Bits(fractionEnd) & ~Bits(fractionStart));
        this.reference = reference;
        (this.at, this.end) = (at, end);
        TryFraction(line, out uint fraction);
        second = time - fraction;
    }

    /// <summary>The lowest so many bits, up to all 64.</summary>
    private static ulong Bits(int count) => count >= TextBytesMax ? ulong.MaxValue : (1UL << count) - 1;

    /// <summary>
    /// How many bytes behind a time prove that it ends there: no zone, no year and no further digit may follow. Null where they do not.
    /// A form that starts with a digit states its year itself.
    /// </summary>
    private static int? BytesBehind(ReadOnlySpan<byte> behind, bool hasYear)
    {
        if (behind[0] != ' ')
            return IsPlain(behind[0]) ? 1 : null;
        // AM and PM are part of the time.
        if ((behind[1] | 0x20) is 'a' or 'p')
            return (behind[2] | 0x20) != 'm' && (hasYear || LineScanner.IsLetter(behind[2]) && behind[1] >= 'a') ? 3 : null;
        if (behind[1] is (byte)'+' or (byte)'-')
            return hasYear && !LineScanner.IsDigit(behind[2]) ? 3 : null;
        bool isHarmless = hasYear
            ? behind[1] is not ((byte)'Z' or (byte)'z' or (byte)'U' or (byte)'G')
            : IsPlain(behind[1]) || behind[1] is >= (byte)'a' and < (byte)'z';
        return isHarmless ? 2 : null;
    }

    private static bool IsPlain(byte b) => !LineScanner.IsLetter(b) && !LineScanner.IsDigit(b) && b is not ((byte)'+' or (byte)'-' or (byte)':' or (byte)'.' or (byte)',');

    /// <summary>Where the digits behind a dot or comma stand that is followed by no other; both at the end of the text if there are none.</summary>
    private static (int Start, int End) FractionOf(ReadOnlySpan<byte> text, int at)
    {
        int sign = text.LastIndexOfAny((byte)'.', (byte)',');
        int start = sign + 1, stop = start;
        while (stop < text.Length && LineScanner.IsDigit(text[stop]))
            stop++;
        // 2026.11.22 09:00 and Sun, 04 Dec have these signs too: a fraction is one of a clock's seconds.
        bool isFraction = sign - 3 > at && stop > start && LineScanner.IsDigit(text[sign - 1]) && LineScanner.IsDigit(text[sign - 2]) && text[sign - 3] == ':';
        return isFraction ? (start, stop) : (text.Length, text.Length);
    }
}
