using System.Globalization;

namespace Tailer.Blocks;

/// <summary>
/// Time in Tailer is a <see cref="ulong"/> of 10^-8 s since the Unix epoch, UTC, without leap seconds. 64 bits reach the
/// year 7815. Zero means "no time".
/// </summary>
public static class LogTime
{
    public const ulong PerSecond = 100_000_000;
    public const ulong PerMillisecond = PerSecond / 1000;
    public const ulong PerMinute = 60 * PerSecond;
    public const ulong PerHour = 60 * PerMinute;
    public const ulong PerDay = 24 * PerHour;

    /// <summary>One .NET tick (100 ns) is ten units.</summary>
    private const ulong PerTick = 10;

    public static ulong Now(TimeProvider clock) => From(clock.GetUtcNow());

    /// <summary>Times before 1970 become 0, those after the year 7815 the greatest there is.</summary>
    public static ulong From(DateTimeOffset time) => FromTimeSpan(time.UtcDateTime - DateTime.UnixEpoch);

    /// <summary>Every value can be shown: the greatest is in the year 7815, <see cref="DateTimeOffset"/> ends in 9999.</summary>
    public static DateTimeOffset ToDateTimeOffset(ulong time) => DateTimeOffset.UnixEpoch.AddTicks((long)(time / PerTick));

    /// <summary>Negative spans become 0, those over 5,845 years the greatest there is.</summary>
    public static ulong FromTimeSpan(TimeSpan span) =>
        span.Ticks <= 0 ? 0 : (ulong)span.Ticks > ulong.MaxValue / PerTick ? ulong.MaxValue : (ulong)span.Ticks * PerTick;

    public static TimeSpan ToTimeSpan(ulong span) => TimeSpan.FromTicks((long)(span / PerTick));

    /// <summary>The start of the slot of this width (bucket, span) in which the time falls.</summary>
    public static ulong Floor(ulong time, ulong width) => time - (time % width);

    /// <summary>ISO 8601 in UTC with seven digits of the second: <c>2026-11-22T09:00:00.1234567Z</c>.</summary>
    public static string Format(ulong time) =>
        ToDateTimeOffset(time).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Reads ISO 8601, from the year on; a time without a zone is UTC.</summary>
    public static bool TryParse(string? text, out ulong time)
    {
        time = 0;
        if (text is not [_, _, _, _, '-', _, _, '-', ..]
            || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset parsed))
            return false;
        time = From(parsed);
        return true;
    }
}
