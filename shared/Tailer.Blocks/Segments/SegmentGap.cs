namespace Tailer.Blocks;

/// <summary>A range that was claimed, or skipped, and is not in the segment.</summary>
public readonly record struct SegmentGap(SourceId Source, ulong From, ulong To, SkipReason Reason);
