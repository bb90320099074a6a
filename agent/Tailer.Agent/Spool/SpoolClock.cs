using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// The time at which packets are sealed. It follows the clock, with one exception: set back by no more than a bucket (or ten
/// seconds) it stands still, so that small corrections do not open closed buckets again. Set back further, it goes back with the
/// clock: waiting would hold up buckets and manifests for as long. A clean end says that its bucket is closed; time is then ahead of
/// the clock by up to a bucket, which is no setting back. Pure but for the clock it is given.
/// </summary>
internal sealed class SpoolClock(TimeProvider clock, ulong bucketWidth, ulong last, ulong seen)
{
    private static readonly ulong HoldLeast = 10 * LogTime.PerSecond;

    /// <summary>A time that a sound clock seals no packet with: beyond what <see cref="Now"/> is ahead of the clock at most.</summary>
    public static ulong FarAhead(TimeProvider clock, ulong bucketWidth) => LogTime.Now(clock) + Math.Max(LogTime.PerMinute, 2 * bucketWidth);

    /// <summary>Only a clock that was wrong has sealed with this time.</summary>
    public bool IsFarAhead(ulong sealedTime) => sealedTime > FarAhead(clock, bucketWidth);

    /// <summary>Sealed time of the last packet.</summary>
    public ulong Last { get; private set; } = last;

    /// <summary>The latest that the clock showed, since it was last set back.</summary>
    public ulong Seen { get; private set; } = seen;

    /// <summary>The clock was set back so far that time must go back: <see cref="GoBack"/>.</summary>
    public bool IsSetBack
    {
        get
        {
            ulong now = LogTime.Now(clock);
            Seen = Math.Max(Seen, now);
            return Seen > now + Math.Max(HoldLeast, bucketWidth) || IsFarAhead(Last);
        }
    }

    /// <summary>Never before <see cref="Last"/>.</summary>
    public ulong Now() => Math.Max(LogTime.Now(clock), Last);

    public void Advance(ulong to) => Last = Math.Max(Last, to);

    /// <summary>Takes the clock as it is; returns by how much it was set back.</summary>
    public TimeSpan GoBack()
    {
        ulong now = LogTime.Now(clock);
        TimeSpan by = LogTime.ToTimeSpan(Math.Max(Seen, Last) - Math.Min(now, Math.Max(Seen, Last)));
        Last = Seen = now;
        return by;
    }
}
