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

    private readonly Dictionary<string, DirectoryList> lists = new(StringComparer.Ordinal);
    private long round;

    public IFileTree Tree => tree;

    /// <summary>Directories asked for since the last <see cref="Trim"/> that must not be listed or searched.</summary>
    public HashSet<string> Hidden { get; } = new(StringComparer.Ordinal);

    /// <summary>The same list as long as nothing changed in the directory.</summary>
    public DirectoryList List(string directory)
    {
        FilePresence presence = tree.Look(directory, out FileStatus status);
        if (presence != FilePresence.There || !status.IsDirectory)
        {
            lists.Remove(directory);
            if (presence != FilePresence.Hidden)
                return DirectoryList.Empty;
            Hidden.Add(directory);
            return DirectoryList.Hidden;
        }
        if (lists.TryGetValue(directory, out DirectoryList? known) && known.IsSettled && known.ModifiedNs == status.ModifiedNs && known.Identity == status.Identity)
        {
            known.Round = round;
            return known;
        }
        if (tree.List(directory) is not { } entries)
        {
            Hidden.Add(directory);
            return DirectoryList.Hidden;
        }
        ulong now = tree.NowNs;
        // A stamp of the future says that the clock was set back, and may be given again as well.
        bool settled = now > status.ModifiedNs + StampStepNs;
        var list = new DirectoryList(entries) { Identity = status.Identity, ModifiedNs = status.ModifiedNs, IsSettled = settled, Round = round };
        lists[directory] = list;
        return list;
    }

    /// <summary>Forgets lists not asked for since the last call.</summary>
    public void Trim()
    {
        foreach ((string directory, DirectoryList list) in lists)
        {
            if (list.Round != round)
                lists.Remove(directory);
        }
        round++;
        Hidden.Clear();
    }
}
