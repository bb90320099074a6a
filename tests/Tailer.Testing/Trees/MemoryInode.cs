using Tailer.Disk;

namespace Tailer.Testing;

/// <summary>A file, directory or symbolic link of a <see cref="MemoryFileTree"/>, whatever names it has.</summary>
internal sealed class MemoryInode(ulong number, ulong nowNs, DirectoryEntryKind kind)
{
    private byte[] bytes = [];

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

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => bytes.AsSpan(0, Length);

    public void Append(ReadOnlySpan<byte> more)
    {
        if (bytes.Length < Length + more.Length)
            Array.Resize(ref bytes, Math.Max(Length + more.Length, bytes.Length * 2));
        more.CopyTo(bytes.AsSpan(Length));
        Length += more.Length;
    }

    public void SetLength(int length)
    {
        if (bytes.Length < length)
            Array.Resize(ref bytes, length);
        if (length > Length)
            bytes.AsSpan(Length, length - Length).Clear();
        Length = length;
    }
}
