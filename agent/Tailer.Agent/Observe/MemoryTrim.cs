using System.Runtime;

namespace Tailer.Agent;

/// <summary>
/// Gives memory back when the agent comes to rest: what catching up allocated and dropped would stay with the process until so much is
/// allocated again, which at rest takes days. For one thread.
/// </summary>
internal sealed class MemoryTrim(Func<long> bytesRead, TimeProvider clock)
{
    /// <summary>Nothing was read for so long.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    /// <summary>A second time after so long: pooled buffers are only given up by a collection that finds them unused for a minute.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(90);

    /// <summary>
    /// Whenever so much was allocated since, but no more often than this: a checkpoint of 10,000 sources takes 20 MB, once a minute. Collecting
    /// everything takes some 50 ms of one core then, a thousandth of it.
    /// </summary>
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    /// <summary>Less is not worth it.</summary>
    private const long AllocatedMin = 8 << 20;

    private long read = -1;
    private long readAt;
    private long? trimmedAt;
    private int trims;
    private long allocated;

    /// <summary>Asked every few seconds. True when it collected.</summary>
    public bool TrimWhenDue()
    {
        long now = clock.GetTimestamp();
        if (bytesRead() is var total && total != read)
        {
            // After having worked it need not wait for the next time.
            (read, readAt, trimmedAt, trims) = (total, now, null, 0);
            return false;
        }
        if (clock.GetElapsedTime(readAt, now) < Rest || (trimmedAt is { } last && !IsDueAgain(clock.GetElapsedTime(last, now))))
            return false;
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        (trimmedAt, allocated, trims) = (now, GC.GetTotalAllocatedBytes(), trims + 1);
        return true;
    }

    private bool IsDueAgain(TimeSpan since) =>
        (since >= Least && GC.GetTotalAllocatedBytes() - allocated >= AllocatedMin) || (since >= Again && trims < 2);
}
