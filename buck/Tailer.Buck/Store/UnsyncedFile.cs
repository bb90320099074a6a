using Tailer.Blocks;

namespace Tailer.Buck;

/// <summary>A file whose bytes from a position on may be in the page cache only.</summary>
internal readonly record struct UnsyncedFile(BucketFileWriter Writer, long From);
