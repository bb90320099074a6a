using Tailer.Blocks;

namespace Tailer.Stores;

/// <summary>A leased segment that holds events of one source.</summary>
internal sealed class SourceSegment : IDisposable
{
    private readonly SegmentLease lease;

    private SourceSegment(SegmentLease lease, int index)
    {
        this.lease = lease;
        Index = index;
    }

    public SegmentReader Reader => lease.Reader;

    /// <summary>Of the source, in the footer and in the blocks.</summary>
    public int Index { get; }

    public SourceDescriptor Descriptor => Reader.Footer.Sources[Index].Descriptor;

    private IReadOnlyList<ByteRange> Coverage => Reader.Footer.Sources[Index].Coverage;

    /// <summary>Null, and the lease given back, when the segment has nothing of the source.</summary>
    public static SourceSegment? Of(SegmentLease lease, SourceId source)
    {
        IReadOnlyList<SegmentSource> sources = lease.Reader.Footer.Sources;
        for (int i = 0; i < sources.Count; i++)
        {
            if (sources[i].Descriptor.Id == source && sources[i].Events > 0)
                return new SourceSegment(lease, i);
        }
        lease.Dispose();
        return null;
    }

    public bool Covers(ulong offset) => Coverage.Any(range => range.From <= offset && offset < range.To);

    /// <summary>No event of the segment that starts before the offset starts at or after this; null when none does.</summary>
    public ulong? ReachBefore(ulong offset)
    {
        ulong? reach = null;
        foreach (ByteRange range in Coverage)
        {
            if (range.From < offset)
                reach = Math.Min(offset, range.To);
        }
        return reach;
    }

    /// <summary>No event of the segment that starts after the offset starts before this; null when none does.</summary>
    public ulong? ReachAfter(ulong offset)
    {
        foreach (ByteRange range in Coverage)
        {
            if (range.To > offset + 1)
                return Math.Max(offset + 1, range.From);
        }
        return null;
    }

    public void Dispose() => lease.Dispose();
}
