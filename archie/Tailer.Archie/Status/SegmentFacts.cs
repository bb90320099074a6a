using Tailer.Blocks;

namespace Tailer.Archie;

/// <summary>What the status page keeps of a segment's footer.</summary>
internal sealed record SegmentFacts(
    IReadOnlyList<(SegmentGap Gap, SourceDescriptor? Source)> Gaps, IReadOnlyList<(SourceId Source, IReadOnlyList<ByteRange> Ranges)> Coverage)
{
    public static SegmentFacts Of(SegmentFooter footer) => new(
        [.. footer.Gaps.Select(gap => (gap, footer.Sources.FirstOrDefault(s => s.Descriptor.Id == gap.Source)?.Descriptor))],
        [.. footer.Sources.Select(source => (source.Descriptor.Id, source.Coverage))]);
}
