namespace Tailer.Testing;

/// <summary>What a disk is asked to do; the operations a <see cref="FaultyDisk"/> counts and can fail.</summary>
public enum DiskOperation
{
    CreateDirectory,
    OpenAppend,
    OpenRead,
    ReadAll,
    Exists,
    List,
    Rename,
    Link,
    Delete,
    DeleteDirectory,
    SyncDirectory,
    Read,
    Write,
    SetLength,
    Sync,
}
