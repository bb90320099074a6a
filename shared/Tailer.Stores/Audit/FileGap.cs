using Tailer.Blocks;

namespace Tailer.Stores;

/// <summary>Bytes of a source that should be there and are not, end exclusive, and why.</summary>
public readonly record struct FileGap(SourceId Source, ulong From, ulong To, SkipReason Reason);
