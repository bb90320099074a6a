namespace Tailer.Disk;

/// <summary>What a file system says of a file; times are nanoseconds since the Unix epoch.</summary>
public readonly record struct FileStatus
{
    public FileIdentity Identity { get; init; }
    public long Size { get; init; }
    public ulong ModifiedNs { get; init; }

    /// <summary>Last change of the inode: content, links or name.</summary>
    public ulong ChangedNs { get; init; }
    public uint Links { get; init; }
    public bool IsFile { get; init; }
    public bool IsDirectory { get; init; }

    /// <summary>When the file began, as well as the file system can tell.</summary>
    public ulong StartedNs => Identity.BirthTimeNs != 0 ? Identity.BirthTimeNs : ModifiedNs;
}
