namespace Tailer.Wire;

/// <summary>Where a record is in its bucket file, and the length of its body.</summary>
public readonly record struct RecordPosition(long Position, int BodyBytes);
