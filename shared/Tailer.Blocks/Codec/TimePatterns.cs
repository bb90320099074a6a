using System.Text;

namespace Tailer.Blocks;

/// <summary>The time patterns the tokenizer looks for, and how a line is found to follow one.</summary>
internal static class TimePatterns
{
    /// <summary>Zones are whole quarters of an hour from UTC, and at most this far (UTC+14).</summary>
    private const long OffsetSecondsMax = 14 * 3600;

    private const long OffsetStepSeconds = 900;
    private const long HalfYearSeconds = 183 * 86_400L;

    public static ReadOnlySpan<byte> MonthNames => "JanFebMarAprMayJunJulAugSepOctNovDec"u8;

    public static ReadOnlySpan<byte> DayNames => "SunMonTueWedThuFriSat"u8;

    /// <summary>Each name alone.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Names { get; } =
        [.. Enumerable.Range(0, 12).Select(i => (ReadOnlyMemory<byte>)MonthNames.Slice(i * 3, 3).ToArray()), .. Enumerable.Range(0, 7).Select(i => (ReadOnlyMemory<byte>)DayNames.Slice(i * 3, 3).ToArray())];

    /// <summary>
    /// In the order they are tried, without fractions: those follow where the line goes on with a dot, comma or colon and digits.
    /// Y year, y its last two digits, m month, d day, e day padded by a space, b month name, a weekday name, H M S.
    /// </summary>
    private static readonly byte[][] Known =
    [
        Of("Y-m-dTH:M:S"), Of("Y-m-d H:M:S"), Of("b e H:M:S"), Of("d/b/Y:H:M:S"), Of("Y/m/d H:M:S"), Of("a b d H:M:S Y"), Of("a b e H:M:S Y"),
        Of("Ymd-H:M:S"), Of("ymd HMS"), Of("md H:M:S"), Of("m.d H:M:S"), Of("H:M:S"), [TimeFormat.EpochSeconds],
    ];

    /// <summary>
    /// The format in which the line states the event's time at a position; null when it states none, or another. So what
    /// it gives always writes exactly what is there.
    /// </summary>
    public static TimeFormat? Find(ReadOnlySpan<byte> line, int at, ulong time)
    {
        foreach (byte[] pattern in Known)
        {
            if (!TryRead(pattern, line[at..], (long)(time / LogTime.PerSecond), out long second, out int length))
                continue;
            long offset = second - (long)(time / LogTime.PerSecond);
            if (offset % OffsetStepSeconds != 0 || Math.Abs(offset) > OffsetSecondsMax)
                continue;
            var format = new TimeFormat(WithFraction(pattern, line[(at + length)..]), (int)offset);
            ReadOnlySpan<byte> written = format.Write(time);
            if (!written.IsEmpty && line[at..].StartsWith(written) && !LeadShape.Cuts(line, at + written.Length))
                return format;
            var plain = new TimeFormat(pattern, (int)offset);
            written = plain.Write(time);
            if (!written.IsEmpty && line[at..].StartsWith(written) && !LeadShape.Cuts(line, at + written.Length))
                return plain;
        }
        return null;
    }

    private static byte[] WithFraction(byte[] pattern, ReadOnlySpan<byte> rest)
    {
        int digits = 0;
        while (digits < TimeFormat.FractionDigitsMax && digits + 1 < rest.Length && char.IsAsciiDigit((char)rest[digits + 1]))
            digits++;
        return digits > 0 && rest[0] is (byte)'.' or (byte)',' or (byte)':' ? [.. pattern, rest[0], (byte)(TimeFormat.Fraction + digits)] : pattern;
    }

    private static byte[] Of(string pattern)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(pattern);
        for (int i = 0; i < bytes.Length; i++)
        {
            // A T between digits is a literal; all other letters are fields.
            int field = "YymdebaHMS".IndexOf((char)bytes[i], StringComparison.Ordinal);
            bytes[i] = field switch { 0 => 1, 1 => 2, 2 => 3, 3 => 4, 4 => 5, 5 => 6, 6 => 7, 7 => 8, 8 => 9, 9 => 10, _ => bytes[i] };
        }
        return bytes;
    }

    /// <summary>Reads the moment as seconds of a clock at UTC; what the pattern does not say is as in <paramref name="near"/>.</summary>
    private static bool TryRead(byte[] pattern, ReadOnlySpan<byte> line, long near, out long second, out int length)
    {
        second = 0;
        length = 0;
        DateTime reference = DateTime.UnixEpoch.AddSeconds(Math.Min(near, 250_000_000_000));
        (int year, int month, int day, int hour, int minute, int secondOfMinute) = (reference.Year, reference.Month, reference.Day, 0, 0, 0);
        bool hasYear = false, hasDate = false;
        foreach (byte field in pattern)
        {
            ReadOnlySpan<byte> rest = line[length..];
            int number = 0;
            int width = field switch { TimeFormat.Year => 4, TimeFormat.EpochSeconds => 10, TimeFormat.MonthName or TimeFormat.DayName => 3, < 0x10 => 2, _ => 1 };
            if (rest.Length < width)
                return false;
            if (field >= 0x20)
            {
                if (rest[0] != field)
                    return false;
            }
            else if (field is TimeFormat.MonthName or TimeFormat.DayName)
            {
                int place = (field == TimeFormat.MonthName ? MonthNames : DayNames).IndexOf(rest[..3]);
                if (place < 0 || place % 3 != 0)
                    return false;
                number = place / 3 + 1;
            }
            else if (!TryNumber(rest[..width], field == TimeFormat.PaddedDay, out number, out long epoch))
                return false;
            else if (field == TimeFormat.EpochSeconds)
            {
                second = epoch;
                length += width;
                return true;
            }
            length += width;
            switch (field)
            {
                case TimeFormat.Year: (year, hasYear) = (number, true); break;
                case TimeFormat.ShortYear: (year, hasYear) = (2000 + number, true); break;
                case TimeFormat.Month or TimeFormat.MonthName: (month, hasDate) = (number, true); break;
                case TimeFormat.Day or TimeFormat.PaddedDay: day = number; break;
                case TimeFormat.Hour: hour = number; break;
                case TimeFormat.Minute: minute = number; break;
                case TimeFormat.Second: secondOfMinute = number; break;
            }
        }
        if (year < 1 || month is < 1 or > 12 || day < 1 || hour > 23 || minute > 59 || secondOfMinute > 59 || day > DateTime.DaysInMonth(year, month))
            return false;
        second = SecondsOf(year, month, day) + hour * 3600 + minute * 60 + secondOfMinute;
        if (!hasYear && hasDate && second - near > HalfYearSeconds && year > 1970)
            second = TrySecondsOf(year - 1, month, day) + (second - SecondsOf(year, month, day));
        else if (!hasYear && hasDate && near - second > HalfYearSeconds)
            second = TrySecondsOf(year + 1, month, day) + (second - SecondsOf(year, month, day));
        else if (!hasDate)
            second += (near - second) switch { > 43_200 => 86_400, < -43_200 => -86_400, _ => 0 };
        return true;
    }

    private static long SecondsOf(int year, int month, int day) => (long)(new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc) - DateTime.UnixEpoch).TotalSeconds;

    private static long TrySecondsOf(int year, int month, int day) =>
        year is >= 1 and <= 9999 && day <= DateTime.DaysInMonth(year, month) ? SecondsOf(year, month, day) : long.MinValue / 4;

    private static bool TryNumber(ReadOnlySpan<byte> digits, bool spacePadded, out int number, out long large)
    {
        number = 0;
        large = 0;
        for (int i = 0; i < digits.Length; i++)
        {
            if (i == 0 && spacePadded && digits[0] == ' ')
                continue;
            if (!char.IsAsciiDigit((char)digits[i]))
                return false;
            large = large * 10 + (digits[i] - '0');
        }
        number = (int)Math.Min(large, int.MaxValue);
        return true;
    }
}
