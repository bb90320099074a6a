namespace Tailer.Agent;

/// <summary>
/// Offsets of one time zone, remembered for the quarter of an hour asked last: lines come in order, and zone rules change on
/// quarters. Not thread-safe.
/// </summary>
internal sealed class ZoneClock(TimeZoneInfo zone)
{
    private const long QuarterSeconds = 900;

    private readonly bool isUtc = zone.BaseUtcOffset == TimeSpan.Zero && !zone.SupportsDaylightSavingTime;
    private long quarter = long.MinValue;
    private int offset;

    /// <summary>
    /// Seconds that local time is ahead of UTC. Of the two hours with the same name in autumn the first is taken (daylight
    /// time); a time in the gap of spring is read with the offset before it.
    /// </summary>
    public int OffsetSeconds(long localSeconds)
    {
        if (isUtc)
            return 0;
        long asked = Math.DivRem(localSeconds, QuarterSeconds).Quotient;
        if (asked == quarter)
            return offset;
        quarter = asked;
        DateTime local = DateTime.SpecifyKind(DateTime.UnixEpoch.AddSeconds(asked * QuarterSeconds), DateTimeKind.Unspecified);
        TimeSpan span = zone.GetUtcOffset(zone.IsInvalidTime(local) ? local.AddHours(-1) : local);
        if (zone.IsAmbiguousTime(local))
            span = zone.GetAmbiguousTimeOffsets(local).Max();
        offset = (int)span.TotalSeconds;
        return offset;
    }
}
