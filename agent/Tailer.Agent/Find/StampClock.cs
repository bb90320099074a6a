using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>
/// Notices that somebody set the clock that stamps files, forward or back, also between two runs of the agent: the machine's steady clock goes on
/// undisturbed from its start to its end, and is slewed like the other one. Belongs to the reading thread.
/// </summary>
internal sealed class StampClock(IFileTree tree, TimeProvider clock)
{
    /// <summary>A leap second, and what passes between two looks at two clocks, is no setting.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    /// <summary>Between these looks the thread may have waited for a processor: then they tell nothing.</summary>
    private static readonly TimeSpan LookMax = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How far the one is ahead of the other, in nanoseconds, since it was set last; null where that is not known. Small settings add up, because it is
    /// not changed by them.
    /// </summary>
    public long? AheadNs { get; set; }

    /// <summary>Settings are noticed from now on.</summary>
    public void Begin() => WasSet();

    /// <summary>True once for every setting, and for several since it was asked last that have not undone each other.</summary>
    public bool WasSet()
    {
        DateTimeOffset before = clock.SteadyNow();
        long now = (long)tree.NowNs;
        if (clock.SteadyNow() - before > LookMax)
            return false;
        long ahead = now - (long)(before - DateTimeOffset.UnixEpoch).TotalNanoseconds;
        if (AheadNs is { } known && Math.Abs(ahead - known) <= (long)Tolerance.TotalNanoseconds)
            return false;
        bool isFirst = AheadNs is null;
        AheadNs = ahead;
        return !isFirst;
    }
}
