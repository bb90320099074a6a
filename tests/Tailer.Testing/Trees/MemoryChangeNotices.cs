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

    public bool WatchesAll => true;

    /// <summary>Where a directory is missing, or must not be listed, the one above it is watched.</summary>
    public bool Watch(IReadOnlySet<string> directories)
    {
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        foreach (string directory in directories)
        {
            string? at = directory;
            while (at is not null && tree.List(at) is null)
                at = Path.GetDirectoryName(at);
            if (at is not null)
                wanted.Add(at);
        }
        watched.IntersectWith(wanted);
        bool added = wanted.Count > watched.Count;
        watched.UnionWith(wanted);
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
        bool isWatched = !content && watched.Contains(path);
        if (isWatched || watched.Contains(Path.GetDirectoryName(path) ?? ""))
            told.Add((path, content));
        if (isWatched && tree.Look(path, out _) == FilePresence.Absent)
            watched.Remove(path);
    }
}
