using Tailer.Blocks;

namespace Tailer.Stores;

/// <summary>A leased segment that is given back with its last block.</summary>
internal sealed class OpenSegment(SegmentLease lease, int blocks) : IDisposable
{
    private int left = blocks;

    public SegmentReader Reader => lease.Reader;

    /// <summary>True when a text in a line's view is in the block's bytes too, for every source.</summary>
    public bool KeepsBytes { get; } = lease.Reader.Footer.Sources.All(source => Queries.LineView.KeepsBytes(source.Descriptor.View));

    public void BlockDone()
    {
        if (Interlocked.Decrement(ref left) == 0)
            lease.Dispose();
    }

    public void Dispose() => lease.Dispose();
}
