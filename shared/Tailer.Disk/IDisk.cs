namespace Tailer.Disk;

/// <summary>
/// The disk operations whose order matters for not losing data. Two kinds exist: <see cref="SystemDisk"/>, and the
/// simulated disks of the tests, which forget what was not synced when the power goes. Paths are absolute. Every method
/// throws <see cref="IOException"/> (or <see cref="UnauthorizedAccessException"/>) and is safe to repeat.
/// </summary>
public interface IDisk
{
    /// <summary>Creates the directory and its parents with mode 0700 where they are missing.</summary>
    void CreateDirectory(string path);

    /// <summary>Opens for appending and random reading; creates the file (mode 0600) when it is missing.</summary>
    IDiskFile OpenAppend(string path);

    /// <summary>Opens an existing file for random reading; null when it is not there.</summary>
    IDiskFile? OpenRead(string path);

    /// <summary>Reads a small file whole; null when it is not there.</summary>
    byte[]? ReadAll(string path);

    bool Exists(string path);

    /// <summary>Names of files and directories directly in the directory, in ordinal order; empty when it is missing.</summary>
    IReadOnlyList<string> List(string directory);

    /// <summary>Atomically replaces <paramref name="to"/> when it exists.</summary>
    void Rename(string from, string to);

    /// <summary>Gives the file a second name unless that name is taken; false when it is taken.</summary>
    bool TryLink(string from, string to);

    /// <summary>Deletes a file; true when it was there.</summary>
    bool Delete(string path);

    /// <summary>Deletes an empty directory; false when it is missing or not empty.</summary>
    bool DeleteDirectory(string path);

    /// <summary>Makes names created, renamed or deleted in the directory survive a power loss.</summary>
    void SyncDirectory(string path);

    /// <summary>Bytes a user without privileges may still write to the disk that holds the path.</summary>
    long FreeBytes(string path);
}
