using System.Runtime.InteropServices;

namespace Tailer.Agent;

/// <summary>
/// Lists directories, and remembers a list until the directory's modification time changes. Not thread-safe.
/// </summary>
internal sealed partial class DirectoryLists
{
    /// <summary>
    /// Kernel time stamps move in steps of up to 10 ms: a directory changed this recently may change again under the same stamp.
    /// </summary>
    private static readonly TimeSpan StampStep = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, KnownList> lists = new(StringComparer.Ordinal);
    private long round;

    /// <summary>Entries by name, ordinal; empty when the directory is missing or must not be read.</summary>
    public IReadOnlyList<DirectoryEntry> List(string directory)
    {
        if (!FileStatus.TryRead(directory, out FileStatus status) || !status.IsDirectory)
        {
            lists.Remove(directory);
            return [];
        }
        if (lists.TryGetValue(directory, out KnownList? known) && known.IsSettled && known.ModifiedNs == status.ModifiedNs && known.Identity == status.Identity)
        {
            known.Round = round;
            return known.Entries;
        }
        DateTimeOffset modified = DateTimeOffset.UnixEpoch.AddTicks((long)(status.ModifiedNs / 100));
        bool settled = TimeProvider.System.GetUtcNow() - modified > StampStep;
        var list = new KnownList(status.Identity, status.ModifiedNs, settled, Read(directory)) { Round = round };
        lists[directory] = list;
        return list.Entries;
    }

    /// <summary>Forgets lists not asked for since the last call.</summary>
    public void Trim()
    {
        foreach ((string directory, KnownList list) in lists)
        {
            if (list.Round != round)
                lists.Remove(directory);
        }
        round++;
    }

    private static unsafe List<DirectoryEntry> Read(string directory)
    {
        var entries = new List<DirectoryEntry>();
        nint stream = opendir(directory);
        if (stream == 0)
            return entries;
        try
        {
            for (byte* entry = (byte*)readdir(stream); entry != null; entry = (byte*)readdir(stream))
            {
                // struct dirent of 64-bit Linux: inode u64, offset i64, length u16, type u8, name.
                string name = Marshal.PtrToStringUTF8((nint)(entry + 19))!;
                if (name is "." or "..")
                    continue;
                entries.Add(new DirectoryEntry(name, Path.Join(directory, name), *(ulong*)entry, KindOf(entry[18])));
            }
        }
        finally
        {
            _ = closedir(stream);
        }
        entries.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return entries;
    }

    private static DirectoryEntryKind KindOf(byte type) => type switch
    {
        0 => DirectoryEntryKind.Unknown,
        4 => DirectoryEntryKind.Directory,
        8 => DirectoryEntryKind.File,
        10 => DirectoryEntryKind.Link,
        _ => DirectoryEntryKind.Other,
    };

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint opendir(string path);

    [LibraryImport("libc")]
    private static partial nint readdir(nint stream);

    [LibraryImport("libc")]
    private static partial int closedir(nint stream);

    private sealed record KnownList(FileIdentity Identity, ulong ModifiedNs, bool IsSettled, IReadOnlyList<DirectoryEntry> Entries)
    {
        public long Round { get; set; }
    }
}
