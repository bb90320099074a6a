using System.Runtime.CompilerServices;
using System.Text;

namespace Tailer.Blocks;

/// <summary>
/// A way to write a moment, as found in lines: a pattern and the distance of the written clock to UTC. A time in a line
/// that this writes from the event's time need not be stored. Pattern bytes: docs/formats/block.md, "Time formats".
/// Keeps the text of the last second; not thread-safe.
/// </summary>
internal sealed class TimeFormat
{
    public const int PatternBytesMax = 32;

    /// <summary>What a pattern writes; one that could write more is refused.</summary>
    public const int TextBytesMax = 128;

    public const byte Year = 1, ShortYear = 2, Month = 3, Day = 4, PaddedDay = 5, MonthName = 6, DayName = 7, Hour = 8, Minute = 9, Second = 10, EpochSeconds = 11;

    /// <summary>No clock is further from UTC than a day.</summary>
    public const int OffsetSecondsMax = 86_400;

    /// <summary>This plus a number of digits, 1 to 8: a part of the second.</summary>
    public const byte Fraction = 0x10;

    public const int FractionDigitsMax = 8;

    private const long SecondsMax = 253_402_300_799;

    /// <summary>Of <see cref="SecondsMax"/>.</summary>
    private const int EpochDigitsMax = 12;

    private readonly byte[] pattern;
    private readonly byte[] text = new byte[TextBytesMax + sizeof(ulong)];
    private long textSecond = long.MinValue;
    private int textLength;

    public TimeFormat(ReadOnlySpan<byte> pattern, int offsetSeconds)
    {
        this.pattern = pattern.ToArray();
        OffsetSeconds = offsetSeconds;
    }

    public ReadOnlySpan<byte> Pattern => pattern;

    /// <summary>Written clock minus UTC.</summary>
    public int OffsetSeconds { get; }

    /// <summary>Where in the time written last the part of the second is.</summary>
    public int FractionAt { get; private set; }

    /// <summary>Digits of the part of the second in the time written last; 0 when it has none.</summary>
    public int FractionDigits { get; private set; }

    /// <summary>True for bytes every reader can write: known fields, printable literals, one fraction at most, not too long.</summary>
    public static bool IsPattern(ReadOnlySpan<byte> pattern)
    {
        int fractions = 0, bytes = 0;
        foreach (byte b in pattern)
        {
            bool isFraction = b is > Fraction and <= Fraction + FractionDigitsMax;
            fractions += isFraction ? 1 : 0;
            if (!isFraction && b is (0 or > EpochSeconds) and (< 0x20 or >= 0x7f))
                return false;
            bytes += isFraction ? b - Fraction : BytesMaxOf(b);
        }
        return pattern.Length is > 0 and <= PatternBytesMax && fractions <= 1 && bytes <= TextBytesMax;
    }

    /// <summary>The time as written; empty when no calendar has it. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Write(ulong time)
    {
        long second = (long)(time / LogTime.PerSecond) + OffsetSeconds;
        if (second != textSecond && !TryWriteSecond(second))
            return [];
        if (FractionDigits > 0)
            WriteFraction((uint)(time % LogTime.PerSecond));
        return text.AsSpan(0, textLength);
    }

    /// <summary>Bytes <see cref="Write"/> gives for a time; 0 when it cannot write it.</summary>
    public int LengthAt(ulong time) => pattern.Contains(EpochSeconds) || textSecond == long.MinValue ? Write(time).Length : textLength;

    /// <summary>
    /// What may be found in what it writes: the longest run of digits, and whether there are letters.
    /// </summary>
    public TimeText Describe()
    {
        int run = 0, longest = 0;
        bool letters = false;
        foreach (byte b in pattern)
        {
            int digits = b switch { Year => 4, EpochSeconds => 20, MonthName or DayName or >= 0x20 => 0, > Fraction => b - Fraction, _ => 2 };
            letters |= IsLetters(b);
            run = digits == 0 && !char.IsAsciiDigit((char)b) ? 0 : run + Math.Max(1, digits);
            longest = Math.Max(longest, run);
        }
        return new TimeText(longest, letters);
    }

    private static bool IsLetters(byte field) => field is MonthName or DayName || char.IsAsciiLetter((char)field);

    private static int BytesMaxOf(byte field) => field switch
    {
        Year => 4,
        MonthName or DayName => 3,
        EpochSeconds => EpochDigitsMax,
        < 0x20 => 2,
        _ => 1,
    };

    /// <summary>The first digits of eight; what is behind them stays.</summary>
    private void WriteFraction(uint fraction)
    {
        ref byte to = ref text[FractionAt];
        ulong mask = ulong.MaxValue >> (8 * (FractionDigitsMax - FractionDigits));
        ulong digits = (DecimalDigits.Of(fraction) & mask) | (Unsafe.ReadUnaligned<ulong>(ref to) & ~mask);
        Unsafe.WriteUnaligned(ref to, digits);
    }

    private bool TryWriteSecond(long second)
    {
        textSecond = long.MinValue;
        if (second is < 0 or > SecondsMax)
            return false;
        DateTime date = DateTime.UnixEpoch.AddTicks(second * TimeSpan.TicksPerSecond);
        textLength = FractionDigits = 0;
        foreach (byte b in pattern)
            WriteField(b, date, second);
        textSecond = second;
        return true;
    }

    private void WriteField(byte field, DateTime date, long second)
    {
        switch (field)
        {
            case Year: Append((uint)date.Year, 4); break;
            case ShortYear: Append((uint)date.Year % 100, 2); break;
            case Month: Append((uint)date.Month, 2); break;
            case Day: Append((uint)date.Day, 2); break;
            case PaddedDay:
                Append((uint)date.Day, 2);
                if (date.Day < 10)
                    text[textLength - 2] = (byte)' ';
                break;
            case MonthName: Append(TimePatterns.MonthNames.Slice((date.Month - 1) * 3, 3)); break;
            case DayName: Append(TimePatterns.DayNames.Slice((int)date.DayOfWeek * 3, 3)); break;
            case Hour: Append((uint)date.Hour, 2); break;
            case Minute: Append((uint)date.Minute, 2); break;
            case Second: Append((uint)date.Second, 2); break;
            case EpochSeconds: Append(Encoding.ASCII.GetBytes(second.ToString(System.Globalization.CultureInfo.InvariantCulture))); break;
            case > Fraction and < 0x20:
                (FractionAt, FractionDigits) = (textLength, field - Fraction);
                textLength += FractionDigits;
                break;
            default: text[textLength++] = field; break;
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(text.AsSpan(textLength));
        textLength += bytes.Length;
    }

    private void Append(uint value, int digits)
    {
        WriteDigits(textLength, value, digits);
        textLength += digits;
    }

    private void WriteDigits(int at, uint value, int digits)
    {
        for (int i = at + digits - 1; i >= at; i--)
        {
            text[i] = (byte)('0' + value % 10);
            value /= 10;
        }
    }
}
