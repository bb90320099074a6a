using Tailer.Blocks;

namespace Tailer.Porter;

/// <summary>A segment of the archive, by its object's name, and what it says of itself.</summary>
internal sealed record ArchivedSegment(string Name, SegmentFooter Footer)
{
    public bool IsStrays => Footer.Kind == SegmentKind.Strays;

    public SpanRange Span => new(Footer.SpanStart, Footer.SpanWidth);
}
