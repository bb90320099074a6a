using Tailer.Disk;

namespace Tailer.Testing;

/// <summary>A file, directory or symbolic link of a <see cref="MemoryFileTree"/>, whatever names it has.</summary>
internal sealed class MemoryInode(ulong number, ulong nowNs, DirectoryEntryKind kind)
{
    public ulong Number => number;

    public DirectoryEntryKind Kind => kind;

    public ulong BirthNs { get; } = nowNs;

    public ulong ModifiedNs { get; set; } = nowNs;

    public ulong ChangedNs { get; set; } = nowNs;

    /// <summary>Where it is: directories and the names in them.</summary>
    public List<(MemoryInode Directory, string Name)> Names { get; } = [];

    /// <summary>Of a directory.</summary>
    public SortedDictionary<string, MemoryInode> Entries { get; } = new(StringComparer.Ordinal);

    /// <summary>Of a link.</summary>
    public string Target { get; init; } = "";

    public bool IsPermitted { get; set; } = true;

    public int Opened { get; set; }

    /// <summary>Of a file.</summary>
    public ByteList Content { get; } = new();
}
