using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// The time at which packets are sealed. It follows the clock, with one exception: set back by no more than a bucket (or ten
/// seconds) it stands still, so that small corrections, and a restart within a bucket that was said to be closed, do not open
/// closed buckets again. Set back further, it goes back with the clock: waiting would hold up buckets and manifests for as long.
/// Pure but for the clock it is given.
/// </summary>
internal sealed class SpoolClock(TimeProvider clock, ulong bucketWidth, ulong last)
{
    private static readonly ulong HoldLeast = 10 * LogTime.PerSecond;

    /// <summary>Sealed time of the last packet.</summary>
    public ulong Last { get; private set; } = last;

    /// <summary>The clock was set back so far that time must go back: <see cref="GoBack"/>.</summary>
    public bool IsSetBack => Last > LogTime.Now(clock) + Math.Max(HoldLeast, bucketWidth);

    /// <summary>Never before <see cref="Last"/>.</summary>
    public ulong Now() => Math.Max(LogTime.Now(clock), Last);

    public void Advance(ulong to) => Last = Math.Max(Last, to);

    /// <summary>Takes the clock as it is; returns by how much time went back.</summary>
    public TimeSpan GoBack()
    {
        ulong now = LogTime.Now(clock);
        TimeSpan by = LogTime.ToTimeSpan(Last - Math.Min(now, Last));
        Last = now;
        return by;
    }
}
