namespace Tailer.Disk;

/// <summary>
/// What names a file whatever it is called: an inode number is given again after a deletion, but not with the same birth time.
/// </summary>
public readonly record struct FileIdentity(ulong Device, ulong Inode, ulong BirthTimeNs);
