using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>The written forms of date and time, one method each; every method leaves the scanner after what it read.</summary>
internal static class TimeForms
{
    /// <summary>Forms that start with a digit and name no month: ISO 8601, slashes, basic ISO, and those that name one.</summary>
    public static bool TryNumeric(ref LineScanner s, ref CivilTime t)
    {
        int start = s.Position;
        switch (s.CountDigits(9))
        {
            case 4:
                if (TryYearFirst(ref s, ref t))
                    return true;
                break;
            case 8:
                if (TryBasic(ref s, ref t))
                    return true;
                break;
            case 2 or 1:
                if (TryDayMonthName(ref s, ref t))
                    return true;
                s.Position = start;
                if (TryShortYear(ref s, ref t))
                    return true;
                s.Position = start;
                if (TryDayFirst(ref s, ref t))
                    return true;
                break;
        }
        s.Position = start;
        return false;
    }

    /// <summary>Forms that start with a name: <c>Nov 22 09:00:00</c>, <c>Sun Dec 04 04:47:44 2005</c>, <c>Sun, 04 Dec 2005 04:47:44 GMT</c>.</summary>
    public static bool TryNamed(ref LineScanner s, ref CivilTime t)
    {
        if (s.Weekday())
        {
            s.Skip((byte)',');
            s.SkipSpaces();
            if (LineScanner.IsDigit(s.Next))
                return TryDayMonthName(ref s, ref t);
        }
        if (!s.Month(out int month) || !s.Skip((byte)' '))
            return false;
        t.Month = month;
        s.SkipSpaces();
        int digits = s.CountDigits(3);
        if (digits is 0 or 3)
            return false;
        t.Day = (int)s.Number(digits);
        s.Skip((byte)',');
        if (!s.Skip((byte)' '))
            return false;
        if (s.CountDigits(5) == 4)
        {
            s.Four(out int year);
            t.Year = year;
            if (!s.Skip((byte)' '))
                return false;
        }
        if (!TryClock(ref s, ref t))
            return false;
        TryZone(ref s, ref t);
        if (t.Year == 0)
            TryYearAfter(ref s, ref t);
        return true;
    }

    /// <summary>Google's log header, <c>I1122 09:00:00.123456</c>: severity, month and day, in one word.</summary>
    public static bool TryKlog(ref LineScanner s, ref CivilTime t)
    {
        if (!IsKlogSeverity(s.Next))
            return false;
        s.Position++;
        return Month(ref s, ref t) && Day(ref s, ref t) && s.Skip((byte)' ') && TryClock(ref s, ref t);
    }

    public static bool IsKlogSeverity(byte letter) => letter is (byte)'I' or (byte)'W' or (byte)'E' or (byte)'F';

    /// <summary><c>081109 203615</c>: year, month, day; hour, minute, second.</summary>
    public static bool TryHadoop(ref LineScanner s, ref CivilTime t)
    {
        if (s.CountDigits(7) != 6 || !ShortYear(ref s, ref t) || !Month(ref s, ref t) || !Day(ref s, ref t) || !s.Skip((byte)' ') || s.CountDigits(7) != 6)
            return false;
        return TwoDigitClock(ref s, ref t);
    }

    /// <summary><c>11-22 09:00:00.123</c>: month and day, no year, as Android's logcat writes it; milliseconds are part of the form.</summary>
    public static bool TryMonthDay(ref LineScanner s, ref CivilTime t) =>
        Month(ref s, ref t) && s.Skip((byte)'-') && Day(ref s, ref t) && s.Skip((byte)' ') && s.At(8) == '.' && TryClock(ref s, ref t);

    /// <summary><c>[10.30 16:49:06]</c>: month and day, no year.</summary>
    public static bool TryMonthDot(ref LineScanner s, ref CivilTime t) =>
        s.Skip((byte)'[') && Month(ref s, ref t) && s.Skip((byte)'.') && Day(ref s, ref t) && s.Skip((byte)' ') && TryClock(ref s, ref t);

    /// <summary><c>2026-11-22T09:00:00.123Z</c>, with a space for the T, <c>2026/11/22 09:00:00</c>, <c>2026.11.22 09:00:00</c>.</summary>
    private static bool TryYearFirst(ref LineScanner s, ref CivilTime t)
    {
        s.Four(out int year);
        t.Year = year;
        byte separator = s.Next;
        if (separator is not ((byte)'-' or (byte)'/' or (byte)'.'))
            return false;
        s.Position++;
        if (!Month(ref s, ref t) || !s.Skip(separator) || !Day(ref s, ref t))
            return false;
        if (!s.SkipAny((byte)'T', (byte)'t') && !s.SkipAny((byte)' ', (byte)'_') && !s.Skip((byte)'-') && !s.Skip((byte)':'))
            return false;
        s.SkipSpaces();
        if (!TryClock(ref s, ref t))
            return false;
        TryZone(ref s, ref t);
        return true;
    }

    /// <summary><c>20171223-22:15:29:606</c>, <c>20171223 22:15:29</c>, <c>20171223T221529Z</c>.</summary>
    private static bool TryBasic(ref LineScanner s, ref CivilTime t)
    {
        s.Four(out int year);
        t.Year = year;
        if (!Month(ref s, ref t) || !Day(ref s, ref t) || !(s.SkipAny((byte)'-', (byte)'T') || s.SkipAny((byte)' ', (byte)'_')))
            return false;
        if (s.CountDigits(7) == 6)
        {
            TwoDigitClock(ref s, ref t);
            TryFraction(ref s, ref t);
        }
        else if (!TryLooseClock(ref s, ref t))
        {
            return false;
        }
        TryZone(ref s, ref t);
        return true;
    }

    /// <summary>A clock whose numbers have no leading zeros, as in <c>0:7:20:44</c>: the last is a number of milliseconds.</summary>
    private static bool TryLooseClock(ref LineScanner s, ref CivilTime t)
    {
        if (!OneOrTwo(ref s, out int hour) || !s.Skip((byte)':') || !OneOrTwo(ref s, out int minute) || !s.Skip((byte)':') || !OneOrTwo(ref s, out int second))
            return false;
        t.Hour = hour;
        t.Minute = minute;
        t.Second = second;
        if (s.Next == ':' && s.CountDigitsAfter(1) is int digits and > 0)
        {
            s.Position++;
            t.Fraction = (uint)s.Number(digits) * (uint)LogTime.PerMillisecond;
            return true;
        }
        TryFraction(ref s, ref t);
        return true;
    }

    private static bool OneOrTwo(ref LineScanner s, out int value)
    {
        int digits = s.CountDigits(3);
        value = digits is 1 or 2 ? (int)s.Number(digits) : 0;
        return digits is 1 or 2;
    }

    /// <summary><c>10/Oct/2000:13:55:36 -0700</c> (CLF), <c>22-Nov-2026 09:00:00.123</c>, <c>22 Nov 2026 09:00:00</c>.</summary>
    private static bool TryDayMonthName(ref LineScanner s, ref CivilTime t)
    {
        t.Day = (int)s.Number(s.CountDigits(2));
        byte separator = s.Next;
        if (separator is not ((byte)'/' or (byte)'-' or (byte)' '))
            return false;
        s.Position++;
        if (!s.Month(out int month) || !s.Skip(separator) || !s.Four(out int year))
            return false;
        t.Month = month;
        t.Year = year;
        s.Skip((byte)',');
        if (!s.SkipAny((byte)':', (byte)' ') || !TryClock(ref s, ref t))
            return false;
        TryZone(ref s, ref t);
        return true;
    }

    /// <summary><c>17/06/09 20:10:40</c>: year, month, day.</summary>
    private static bool TryShortYear(ref LineScanner s, ref CivilTime t) =>
        ShortYear(ref s, ref t) && s.Skip((byte)'/') && Month(ref s, ref t) && s.Skip((byte)'/') && Day(ref s, ref t)
        && s.Skip((byte)' ') && TryClock(ref s, ref t);

    /// <summary><c>22.11.2026 09:00:00</c>: day, month, year. With slashes it would be the month first as often as not, and is not read.</summary>
    private static bool TryDayFirst(ref LineScanner s, ref CivilTime t)
    {
        if (!Day(ref s, ref t) || !s.Skip((byte)'.') || !Month(ref s, ref t) || !s.Skip((byte)'.') || !s.Four(out int year))
            return false;
        t.Year = year;
        s.Skip((byte)',');
        if (!s.Skip((byte)' ') || !TryClock(ref s, ref t))
            return false;
        TryZone(ref s, ref t);
        return true;
    }

    /// <summary>After a clock of twelve hours.</summary>
    private static void TryHalfDay(ref LineScanner s, ref CivilTime t)
    {
        if (s.Next != ' ' || (s.At(2) | 0x20) != 'm' || LineScanner.IsLetter(s.At(3)) || t.Hour is 0 or > 12)
            return;
        int half = s.At(1) | 0x20;
        if (half is not ('a' or 'p'))
            return;
        s.Position += 3;
        t.Hour = t.Hour % 12 + (half == 'p' ? 12 : 0);
    }

    /// <summary><c>hh:mm[:ss[.fraction]]</c>; the fraction after a dot or a comma.</summary>
    private static bool TryClock(ref LineScanner s, ref CivilTime t)
    {
        if (s.CountDigits(2) == 1 && s.At(1) == ':')
            t.Hour = (int)s.Number(1);
        else if (s.Two(out int hour))
            t.Hour = hour;
        else
            return false;
        if (!s.Skip((byte)':') || !s.Two(out int minute))
            return false;
        t.Minute = minute;
        if (s.Next == ':' && s.CountDigitsAfter(1) == 2)
        {
            s.Position++;
            s.Two(out int second);
            t.Second = second;
            TryFraction(ref s, ref t);
        }
        TryHalfDay(ref s, ref t);
        return !LineScanner.IsDigit(s.Next);
    }

    private static bool TwoDigitClock(ref LineScanner s, ref CivilTime t)
    {
        if (!s.Two(out int hour) || !s.Two(out int minute) || !s.Two(out int second))
            return false;
        t.Hour = hour;
        t.Minute = minute;
        t.Second = second;
        return true;
    }

    private static void TryFraction(ref LineScanner s, ref CivilTime t)
    {
        if (s.Next is not ((byte)'.' or (byte)',') || !LineScanner.IsDigit(s.At(1)))
            return;
        s.Position++;
        t.Fraction = s.Fraction();
    }

    /// <summary><c>Z</c>, <c>+01:00</c>, <c>-0700</c>, <c>+05</c>, or after a space <c>UTC</c>, <c>GMT</c>, <c>-0700</c>. Nothing is read if none stands here.</summary>
    private static void TryZone(ref LineScanner s, ref CivilTime t)
    {
        int start = s.Position;
        s.Skip((byte)' ');
        if (s.Next is (byte)'Z' or (byte)'z' && !LineScanner.IsLetter(s.At(1)) && !LineScanner.IsDigit(s.At(1)))
        {
            s.Position++;
            t.OffsetSeconds = 0;
            return;
        }
        if (s.Skip("UTC"u8) || s.Skip("GMT"u8))
        {
            t.OffsetSeconds = 0;
            return;
        }
        bool spaced = s.Position > start;
        int sign = s.Next == '+' ? 1 : s.Next == '-' ? -1 : 0;
        if (sign != 0)
        {
            s.Position++;
            int digits = s.CountDigits(5);
            // After a space a lone "-12" is text; only the four digits of RFC 822 are a zone there.
            if (digits == 4 || (!spaced && digits == 2))
            {
                s.Two(out int hours);
                int minutes = 0;
                if (digits == 4)
                    s.Two(out minutes);
                else if (s.Next == ':' && s.CountDigitsAfter(1) == 2)
                {
                    s.Position++;
                    s.Two(out minutes);
                }
                if (hours <= 18 && minutes <= 59)
                {
                    t.OffsetSeconds = sign * (hours * 3600 + minutes * 60);
                    return;
                }
            }
        }
        s.Position = start;
    }

    /// <summary>The year after the clock, with or without the name of a zone between them.</summary>
    private static void TryYearAfter(ref LineScanner s, ref CivilTime t)
    {
        int start = s.Position;
        if (s.Skip((byte)' '))
        {
            int letters = 0;
            while (letters < 5 && s.At(letters) is >= (byte)'A' and <= (byte)'Z')
                letters++;
            if (letters is >= 3 and <= 4 && s.At(letters) == ' ')
                s.Position += letters + 1;
            if (s.CountDigits(5) == 4 && s.At(0) is (byte)'1' or (byte)'2' && !LineScanner.IsLetter(s.At(4)) && s.At(4) is not ((byte)'.' or (byte)'-' or (byte)':'))
            {
                s.Four(out int year);
                if (year >= 1970)
                {
                    t.Year = year;
                    return;
                }
            }
        }
        s.Position = start;
    }

    private static bool ShortYear(ref LineScanner s, ref CivilTime t)
    {
        if (!s.Two(out int year))
            return false;
        t.Year = year >= 70 ? 1900 + year : 2000 + year;
        return true;
    }

    private static bool Month(ref LineScanner s, ref CivilTime t)
    {
        if (!s.Two(out int month) || month is < 1 or > 12)
            return false;
        t.Month = month;
        return true;
    }

    private static bool Day(ref LineScanner s, ref CivilTime t)
    {
        if (!s.Two(out int day) || day is < 1 or > 31)
            return false;
        t.Day = day;
        return true;
    }
}
