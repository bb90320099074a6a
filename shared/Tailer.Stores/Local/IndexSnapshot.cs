namespace Tailer.Stores;

/// <summary>
/// The segments of a local index as they were at one moment, held open: what is compacted or expired meanwhile stays readable
/// until this is disposed.
/// </summary>
public sealed class IndexSnapshot : IDisposable
{
    private readonly IReadOnlyList<SegmentLease> leases;

    internal IndexSnapshot(ulong watermark, IReadOnlyList<SegmentRef> segments, IReadOnlyList<SegmentLease> leases)
    {
        Watermark = watermark;
        Segments = segments;
        this.leases = leases;
    }

    /// <summary>The index has all buckets before this bucket time.</summary>
    public ulong Watermark { get; }

    /// <summary>Together they hold each event once.</summary>
    public IReadOnlyList<SegmentRef> Segments { get; }

    public void Dispose()
    {
        foreach (SegmentLease lease in leases)
            lease.Dispose();
    }
}
