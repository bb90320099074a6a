namespace Tailer.Testing;

/// <summary>
/// What programs do to the files that an agent follows. Two kinds exist: on the machine's file system, and on the tree in memory.
/// Everything throws when it cannot be done, as the system calls behind it would fail.
/// </summary>
public interface ITreeWriter
{
    void CreateDirectory(string path);

    /// <summary>Only an empty one.</summary>
    void DeleteDirectory(string path);

    /// <summary>Appends to a file, which is created if missing.</summary>
    void Append(string path, ReadOnlySpan<byte> bytes);

    /// <summary>Opens a file for appending, as a program that keeps its log open; created if missing.</summary>
    ITreeAppender OpenAppend(string path);

    void Truncate(string path, long length);

    /// <summary>Replaces what has the new name.</summary>
    void Rename(string from, string to);

    void Delete(string path);

    void Link(string existing, string name);

    void SymbolicLink(string target, string name);

    bool Exists(string path);

    byte[] ReadAll(string path);

    /// <summary>Sets the modification time to that of another file, as compressing programs do.</summary>
    void CopyModified(string from, string to);

    /// <summary>Takes away or gives back the right to read a file, or to list and search a directory.</summary>
    void Permit(string path, bool allowed);
}
