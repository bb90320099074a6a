namespace Tailer.Blocks;

/// <summary>Bytes of a segment's file, end exclusive, that are not as the format has them, and what is wrong with them.</summary>
public readonly record struct SegmentFlaw(long From, long To, string What);
