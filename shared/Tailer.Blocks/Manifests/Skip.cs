namespace Tailer.Blocks;

/// <summary>A range of a source that will never be sent, and why.</summary>
public readonly record struct Skip(ulong From, ulong To, SkipReason Reason);
