namespace Tailer.Blocks;

/// <summary>Where a block lies in a segment's file, and what is in it.</summary>
public readonly record struct SegmentBlock(long Offset, int Bytes, int Events, long RawBytes, ulong EventTimeMin, ulong EventTimeMax);
