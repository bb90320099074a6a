using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>A date and time as a line states it: the year or the zone may be missing.</summary>
internal struct CivilTime
{
    /// <summary>0 when the line states none.</summary>
    public int Year { get; set; }
    public int Month { get; set; }
    public int Day { get; set; }
    public int Hour { get; set; }
    public int Minute { get; set; }
    public int Second { get; set; }

    /// <summary>Part of the second, in 10^-8 s.</summary>
    public uint Fraction { get; set; }

    /// <summary>Seconds to take off to get UTC; null when the line states no zone.</summary>
    public int? OffsetSeconds { get; set; }

    private const int UnixYear = 1970;

    /// <summary>64 bits of 10^-8 s end in 7815.</summary>
    private const int YearMax = 7800;

    public readonly bool IsPossible =>
        Month is >= 1 and <= 12 && Day >= 1 && Hour <= 23 && Minute <= 59
        && Second <= 60 // a leap second counts as the next minute's first
        && (Year == 0 || (Year >= UnixYear && Year <= YearMax && Day <= DateTime.DaysInMonth(Year, Month)))
        && (Year != 0 || Day <= (Month == 2 ? 29 : DateTime.DaysInMonth(2001, Month)));

    /// <summary>
    /// The moment, in <see cref="LogTime"/> units; 0 when it is before 1970. Without a year it is the latest such moment not
    /// more than a week after <paramref name="reference"/>: logs are read after they were written, but clocks differ.
    /// </summary>
    public readonly ulong ToLogTime(ulong reference, ZoneClock zone)
    {
        if (Year != 0)
            return WithYear(Year, zone);
        ulong latest = reference + 7 * LogTime.PerDay;
        int year = LogTime.ToDateTimeOffset(latest).Year;
        // 29 February needs a leap year, at most eight years back.
        for (int back = 0; back <= 8; back++)
        {
            if (Day > DateTime.DaysInMonth(year - back, Month))
                continue;
            ulong time = WithYear(year - back, zone);
            if (time <= latest)
                return time;
        }
        return 0;
    }

    private readonly ulong WithYear(int year, ZoneClock zone)
    {
        long seconds = DaysSinceEpoch(year, Month, Day) * 86_400L + Hour * 3600 + Minute * 60 + Second;
        seconds -= OffsetSeconds ?? zone.OffsetSeconds(seconds);
        return seconds < 0 ? 0 : (ulong)seconds * LogTime.PerSecond + Fraction;
    }

    /// <summary>Days from 1970-01-01 in the Gregorian calendar, by counting from 1 March (so that leap days come last).</summary>
    private static long DaysSinceEpoch(int year, int month, int day)
    {
        int y = month <= 2 ? year - 1 : year;
        int m = month <= 2 ? month + 9 : month - 3;
        int century = y / 100;
        return 365L * y + y / 4 - century + century / 4 + (153 * m + 2) / 5 + day - 1 - 719_468;
    }
}
