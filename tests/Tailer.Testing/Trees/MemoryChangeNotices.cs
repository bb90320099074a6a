using Tailer.Disk;

namespace Tailer.Testing;

/// <summary>Notices of a <see cref="MemoryFileTree"/>, as inotify would give them.</summary>
public sealed class MemoryChangeNotices : IChangeNotices, IDisposable
{
    private readonly MemoryFileTree tree;
    private readonly HashSet<string> watched = new(StringComparer.Ordinal);
    private readonly List<(string Path, bool Content)> told = [];
    private readonly List<string> toldCreated = [];
    private bool lost;

    public MemoryChangeNotices(MemoryFileTree tree)
    {
        this.tree = tree;
        tree.Changed += Note;
        tree.Created += NoteCreated;
    }

    public bool IsOn => true;

    public bool WatchesAll { get; private set; }

    public bool Watch(IReadOnlySet<string> directories)
    {
        watched.IntersectWith(directories);
        bool added = false;
        bool all = true;
        foreach (string directory in directories)
        {
            bool there = tree.Look(directory, out FileStatus status) == FilePresence.There && status.IsDirectory;
            all &= there;
            added |= there && watched.Add(directory);
        }
        WatchesAll = all;
        return added;
    }

    public bool TryTake(ISet<string> changedNames, ISet<string> changedContent, ICollection<string>? created = null)
    {
        foreach (string path in toldCreated)
            created?.Add(path);
        toldCreated.Clear();
        foreach ((string path, bool content) in told)
            (content ? changedContent : changedNames).Add(path);
        told.Clear();
        bool whole = !lost;
        lost = false;
        return whole;
    }

    /// <summary>The queue overflows: what was told is lost.</summary>
    public void Lose()
    {
        told.Clear();
        toldCreated.Clear();
        lost = true;
    }

    public void Dispose()
    {
        tree.Changed -= Note;
        tree.Created -= NoteCreated;
    }

    private void NoteCreated(string path)
    {
        if (watched.Contains(Path.GetDirectoryName(path)!))
            toldCreated.Add(path);
    }

    private void Note(string path, bool content)
    {
        if (watched.Contains(Path.GetDirectoryName(path)!))
            told.Add((path, content));
        if (!content && watched.Contains(path) && !tree.Exists(path))
        {
            watched.Remove(path);
            WatchesAll = false;
        }
    }
}
