using Tailer.Blocks;
using Tailer.Queries;

namespace Tailer.Stores;

/// <summary>Reads blocks and finds what matches, one block at a time; keeps its memory for the next.</summary>
internal sealed class BlockMatcher : IDisposable
{
    private byte[] packed = [];

    /// <summary>The events of the block; valid until the next <see cref="Match"/>.</summary>
    public BlockSearch Events { get; } = new();

    /// <summary>Which events of the block match, ascending, or why it cannot be read. Valid until the next call.</summary>
    public IReadOnlyList<int> Match(BlockWork work, SearchRequest request, out BlockError error)
    {
        ReadOnlyMemory<byte> block = work.Segment.Reader.TryReadPacked(work.Index, ref packed, out error);
        return error == BlockError.None ? Events.Find(block, work.Segment.Sources, request.Query, request.From, request.To, out error) : [];
    }

    /// <summary>Counts by severity what matches, if that is cheaper than finding it; false when it is not.</summary>
    public bool TryCount(BlockWork work, SearchRequest request, Span<long> bySeverity, out BlockError error)
    {
        ReadOnlyMemory<byte> block = work.Segment.Reader.TryReadPacked(work.Index, ref packed, out error);
        return error == BlockError.None && Events.TryCount(block, work.Segment.Sources, request.Query, bySeverity);
    }

    public void Dispose()
    {
        Events.Dispose();
        BufferPool.Return(packed);
        packed = [];
    }
}
