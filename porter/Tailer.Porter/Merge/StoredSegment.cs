using Tailer.Blocks;

namespace Tailer.Porter;

/// <summary>A segment of the archive or of the recent index, by its name there, and what it says of itself.</summary>
internal sealed record StoredSegment(string Name, SegmentFooter Footer)
{
    public bool IsStrays => Footer.Kind == SegmentKind.Strays;

    public SpanRange Span => new(Footer.SpanStart, Footer.SpanWidth);
}
