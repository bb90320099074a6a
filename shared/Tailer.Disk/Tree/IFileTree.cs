namespace Tailer.Disk;

/// <summary>
/// Files of others, to be looked at and read while they are written, renamed, truncated and deleted. Two kinds exist:
/// <see cref="SystemFileTree"/>, and the tests' tree in memory. Nothing here writes. Paths are absolute. Thread-safe.
/// </summary>
public interface IFileTree
{
    /// <summary>Now, by the clock that stamps files: nanoseconds since the Unix epoch. Stamps may lag it by a step of up to 10 ms.</summary>
    ulong NowNs { get; }

    /// <summary>Looks at a name, through symbolic links. Never throws.</summary>
    FilePresence Look(string path, out FileStatus status);

    /// <summary>
    /// Entries of a directory by name, ordinal, without <c>.</c> and <c>..</c>; null when it is missing or must not be listed.
    /// </summary>
    IReadOnlyList<DirectoryEntry>? List(string directory);

    /// <summary>
    /// Opens a file for reading. Throws <see cref="FileNotFoundException"/> or <see cref="DirectoryNotFoundException"/> when it is
    /// not there, <see cref="UnauthorizedAccessException"/> when it must not be read, else <see cref="IOException"/>.
    /// </summary>
    IFileHandle Open(string path);

    /// <summary>What a symbolic link leads to in the end; the path itself when it is none, or leads nowhere.</summary>
    string Resolve(string path);
}
