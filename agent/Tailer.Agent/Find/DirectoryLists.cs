using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>
/// Lists directories, and remembers a list until the directory's modification time changes. Not thread-safe.
/// </summary>
internal sealed class DirectoryLists(IFileTree tree)
{
    /// <summary>
    /// Kernel time stamps move in steps of up to 10 ms: a directory changed this recently may change again under the same stamp.
    /// </summary>
    private const ulong StampStepNs = 100_000_000;

    private readonly Dictionary<string, KnownList> lists = new(StringComparer.Ordinal);
    private long round;

    public IFileTree Tree => tree;

    /// <summary>Entries by name, ordinal; empty when the directory is missing or must not be read.</summary>
    public IReadOnlyList<DirectoryEntry> List(string directory)
    {
        if (tree.Look(directory, out FileStatus status) != FilePresence.There || !status.IsDirectory)
        {
            lists.Remove(directory);
            return [];
        }
        if (lists.TryGetValue(directory, out KnownList? known) && known.IsSettled && known.ModifiedNs == status.ModifiedNs && known.Identity == status.Identity)
        {
            known.Round = round;
            return known.Entries;
        }
        bool settled = tree.NowNs > status.ModifiedNs + StampStepNs;
        var list = new KnownList(status.Identity, status.ModifiedNs, settled, tree.List(directory) ?? []) { Round = round };
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

    private sealed record KnownList(FileIdentity Identity, ulong ModifiedNs, bool IsSettled, IReadOnlyList<DirectoryEntry> Entries)
    {
        public long Round { get; set; }
    }
}
