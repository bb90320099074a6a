namespace Tailer.Agent;

/// <summary>A name in a directory; <see cref="Path"/> is made once, so that looking at a directory again allocates nothing.</summary>
internal sealed record DirectoryEntry(string Name, string Path, ulong Inode, DirectoryEntryKind Kind);
