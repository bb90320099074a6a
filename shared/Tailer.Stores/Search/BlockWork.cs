using Tailer.Blocks;

namespace Tailer.Stores;

/// <summary>One block to decode and match.</summary>
internal sealed class BlockWork(OpenSegment segment, int index)
{
    public OpenSegment Segment => segment;

    public int Index => index;

    public SegmentBlock Block => segment.Reader.Footer.Blocks[index];
}
