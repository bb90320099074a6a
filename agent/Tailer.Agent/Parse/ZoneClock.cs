using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// Offsets of one time zone, remembered for the quarter of an hour asked last: lines come in order, and zone rules change on
/// quarters. Not thread-safe.
/// </summary>
internal sealed class ZoneClock(TimeZoneInfo zone)
{
    private const long QuarterSeconds = 900;

    /// <summary>Lines of several threads may be a little out of order; further back is the second of two hours with one name.</summary>
    private const ulong DisorderMax = 60 * LogTime.PerSecond;

    private readonly bool isUtc = zone.BaseUtcOffset == TimeSpan.Zero && !zone.SupportsDaylightSavingTime;
    private long quarter = long.MinValue;
    private int offset;
    private int laterOffset;

    /// <summary>Time of the source's line before, 0 when there is none: tells the two hours with the same name in autumn apart.</summary>
    public ulong Before { get; set; }

    /// <summary>The local time asked last comes twice.</summary>
    public bool IsAmbiguous => laterOffset != offset;

    /// <summary>
    /// Seconds that local time is ahead of UTC. Of the two hours with the same name in autumn it is the first (daylight time), unless
    /// that is more than a minute before the line before; so a source that passes through both goes on. A time in the gap of spring
    /// is read with the offset before it.
    /// </summary>
    public int OffsetSeconds(long localSeconds)
    {
        if (isUtc)
            return 0;
        long asked = Math.DivRem(localSeconds, QuarterSeconds).Quotient;
        if (asked != quarter)
            Find(asked);
        if (laterOffset == offset || Before == 0)
            return offset;
        ulong first = (ulong)Math.Max(0, localSeconds - offset) * LogTime.PerSecond;
        return first + DisorderMax < Before ? laterOffset : offset;
    }

    private void Find(long asked)
    {
        quarter = asked;
        DateTime local = DateTime.SpecifyKind(DateTime.UnixEpoch.AddSeconds(asked * QuarterSeconds), DateTimeKind.Unspecified);
        TimeSpan span = zone.GetUtcOffset(zone.IsInvalidTime(local) ? local.AddHours(-1) : local);
        TimeSpan later = span;
        if (zone.IsAmbiguousTime(local))
        {
            TimeSpan[] both = zone.GetAmbiguousTimeOffsets(local);
            (span, later) = (both.Max(), both.Min());
        }
        offset = (int)span.TotalSeconds;
        laterOffset = (int)later.TotalSeconds;
    }
}
