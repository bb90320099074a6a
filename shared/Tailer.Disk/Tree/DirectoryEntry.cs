namespace Tailer.Disk;

/// <summary>A name in a directory; <see cref="Path"/> is made once, so that looking at a directory again allocates nothing.</summary>
public sealed record DirectoryEntry(string Name, string Path, ulong Inode, DirectoryEntryKind Kind);
