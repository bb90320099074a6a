namespace Tailer.Blocks;

/// <summary>A source of a segment and which of its bytes are there: ranges ascending, disjoint, not touching.</summary>
public sealed record SegmentSource(SourceDescriptor Descriptor, long Events, IReadOnlyList<ByteRange> Coverage);
