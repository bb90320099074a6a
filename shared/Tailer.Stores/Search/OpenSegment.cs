using Tailer.Blocks;

namespace Tailer.Stores;

/// <summary>A leased segment that is given back with its last block.</summary>
internal sealed class OpenSegment(SegmentLease lease, int blocks) : IDisposable
{
    private int left = blocks;

    public SegmentReader Reader => lease.Reader;

    /// <summary>Of the sources, as blocks number them.</summary>
    public IReadOnlyList<SourceDescriptor> Sources { get; } = [.. lease.Reader.Footer.Sources.Select(source => source.Descriptor)];

    public void BlockDone()
    {
        if (Interlocked.Decrement(ref left) == 0)
            lease.Dispose();
    }

    public void Dispose() => lease.Dispose();
}
