using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>
/// Knows which files are followed under which path. Finds new files, files that rotation renamed, and those that came and
/// were renamed while nobody looked. Belongs to the reading thread.
/// </summary>
internal sealed partial class Finder(IFileTree tree, IReadOnlyList<FileSet> sets, AgentName agent, TimeProvider clock, ILogger logger)
{
    private const ulong StampStepNs = 10_000_000;

    private readonly DirectoryLists lists = new(tree);
    private readonly Dictionary<string, FollowedPath> paths = new(StringComparer.Ordinal);
    private readonly Dictionary<FileIdentity, FollowedSource> sources = [];
    private readonly Dictionary<string, FollowedSource> places = new(StringComparer.Ordinal);
    private readonly NameCache names = new();
    private readonly NameCache hosts = new(agent.MayClaim);
    private readonly Dictionary<FileSet, LineParser> parsers = [];
    private readonly Dictionary<string, FileSet> matched = new(StringComparer.Ordinal);
    private readonly HashSet<string> watched = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<DirectoryEntry>> examined = new(StringComparer.Ordinal);
    private readonly List<FollowedSource> active = [];
    private long round;

    public IReadOnlyDictionary<string, FollowedPath> Paths => paths;

    /// <summary>The latest incarnation of every file known.</summary>
    public IReadOnlyCollection<FollowedSource> Sources => sources.Values;

    /// <summary>Told of every source found, before it is read.</summary>
    public Action<FollowedSource> OnFound { get; init; } = _ => { };

    /// <summary>Sources that may have something to read or to finish; the core removes those that have not.</summary>
    public List<FollowedSource> Active => active;

    /// <summary>Directories whose changes concern the paths followed.</summary>
    public IReadOnlySet<string> Watched => watched;

    /// <summary>When the last whole scan began, by the file system's clock; 0 before the first.</summary>
    public ulong LastScanNs { get; set; }

    /// <summary>Nothing was known at the start: what is found may have been sent before.</summary>
    public bool StateIsNew { get; set; }

    /// <summary>The source last seen under this name, whatever path it is followed as.</summary>
    public FollowedSource? At(string place) => places.GetValueOrDefault(place);

    public FollowedSource? Find(FileIdentity identity) => sources.GetValueOrDefault(identity);

    /// <summary>Looks at everything: matches globs, looks at each file, searches what rotation moved.</summary>
    public void Scan()
    {
        ulong startedNs = Now();
        round++;
        var walker = new GlobWalker(lists);
        matched.Clear();
        foreach (FileSet set in sets)
        {
            foreach (PathGlob glob in set.Include)
            {
                walker.Walk(glob, path =>
                {
                    if (!matched.ContainsKey(path) && (paths.ContainsKey(path) || !set.Excludes(path, glob)))
                        matched.Add(path, set);
                });
            }
        }
        foreach ((string path, FileSet set) in matched)
            Look(path, set);
        foreach (FollowedPath path in paths.Values.Where(p => p.Round != round).ToArray())
            Look(path.Path, path.Set);
        foreach (FollowedSource source in sources.Values)
        {
            if (source.IsReplaced && source.State != SourceState.Finished)
                Locate(source);
        }
        foreach (string directory in walker.Directories)
            FindPassed(directory);
        lists.Trim();
        watched.Clear();
        watched.UnionWith(walker.Directories);
        foreach (FollowedPath path in paths.Values)
            watched.Add(SearchPlace(path).Directory);
        LastScanNs = startedNs;
        StateIsNew = false;
    }

    /// <summary>
    /// Looks at a name that changed: it may be followed, or to be followed, or what a followed file was renamed to. False when it
    /// is a directory, and only a scan can tell what is in it.
    /// </summary>
    public bool TryLookAtName(string place)
    {
        if (paths.TryGetValue(place, out FollowedPath? path))
            Look(place, path.Set);
        else if (sets.FirstOrDefault(s => s.Follows(place)) is { } set)
            Look(place, set);
        if (At(place) is { } source && source.Path.Path != place)
            Locate(source);
        string directory = Path.GetDirectoryName(place)!;
        foreach (string original in RotatedName.Originals(Path.GetFileName(place)))
        {
            if (paths.TryGetValue(Path.Join(directory, original), out FollowedPath? rotated))
                Look(rotated.Path, rotated.Set);
        }
        return !TryLook(place, out FileStatus status) || !status.IsDirectory;
    }

    /// <summary>Follows a file anew after it was truncated; the source that ended keeps its place in the chain.</summary>
    public FollowedSource StartAnew(FollowedSource ended, FileStatus status)
    {
        FollowedSource source = Make(ended.Path, status, ended.Incarnation + 1, status.ChangedNs, ended.SeenAt, ended.Id);
        source.Handle = ended.Handle;
        source.IsReplaced = ended.IsReplaced;
        ended.Handle = null;
        sources[ended.Identity] = source;
        places[source.SeenAt] = source;
        if (ended.Path.Last == ended)
        {
            ended.Path.Last = source;
            IgnoreCopies(ended.Path, source.StartedNs);
        }
        Activate(source);
        OnFound(source);
        return source;
    }

    /// <summary>
    /// Takes over what an earlier run knew: positions from checkpoint and spool, places from the checkpoint alone. What is no
    /// longer to be followed is left out. Returns how many sources were.
    /// </summary>
    public int Restore(IEnumerable<SourcePosition> positions, FinderState? state)
    {
        LastScanNs = state?.LastScanNs ?? 0;
        int dropped = 0;
        foreach (IGrouping<string, SourcePosition> group in positions.GroupBy(p => p.Descriptor.Path, StringComparer.Ordinal))
        {
            if (sets.FirstOrDefault(s => s.Follows(group.Key)) is not { } set)
            {
                dropped += group.Count();
                continue;
            }
            FollowedPath path = AddPath(group.Key, set);
            SavedPath? saved = state?.Paths.GetValueOrDefault(group.Key);
            path.RealPath = saved is null || saved.RealPath == path.Path ? path.Path : saved.RealPath;
            path.Ignored.UnionWith(saved?.Ignored ?? []);
            RestoreChain(path, saved?.Last ?? default, [.. group], state);
        }
        return dropped;
    }

    /// <summary>What <see cref="Restore"/> needs beside the positions.</summary>
    public FinderState Save() => new(
        LastScanNs,
        paths.Values.ToDictionary(p => p.Path, SavedPath.Of, StringComparer.Ordinal),
        sources.Values.ToDictionary(s => s.Id, SavedPlace.Of));

    private void RestoreChain(FollowedPath path, SourceId savedLast, IReadOnlyList<SourcePosition> positions, FinderState? state)
    {
        SourcePosition? last = positions.FirstOrDefault(p => p.Descriptor.Id == savedLast)
            ?? positions.FirstOrDefault(p => positions.All(other => other.Descriptor.Id != p.Descriptor.Predecessor));
        // Sources found after the checkpoint follow each other; a rotated file that was truncated is no successor of its path.
        while (last is not null && positions.Where(p => p.Descriptor.Predecessor == last.Descriptor.Id).MaxBy(p => p.Descriptor.Incarnation == 0) is { } next)
            last = next;
        foreach (SourcePosition position in positions)
        {
            SourceDescriptor d = position.Descriptor;
            var identity = new FileIdentity(d.Device, d.Inode, d.BirthTimeNs);
            // Of a file truncated since the checkpoint only the latest incarnation lives.
            if (positions.Any(p => p.Descriptor.Incarnation > d.Incarnation && p.Descriptor.Inode == d.Inode && p.Descriptor.BirthTimeNs == d.BirthTimeNs && p.Descriptor.Device == d.Device))
                continue;
            SavedPlace place = state?.Places.GetValueOrDefault(d.Id) ?? SavedPlace.Guess(position, tree.NowNs);
            var source = new FollowedSource
            {
                Path = path,
                Identity = identity,
                Incarnation = d.Incarnation,
                Id = d.Id,
                Predecessor = d.Predecessor,
                FirstOffset = d.FirstOffset,
                StartedNs = place.StartedNs,
                SeenAt = place.SeenAt,
                KnownSize = Math.Max(place.KnownSize, position.Position),
                RepeatUntil = place.RepeatUntil,
                GrownAt = clock.GetUtcNow(),
                IsReplaced = !ReferenceEquals(position, last),
            };
            source.Restore(position);
            sources[identity] = source;
            places[source.SeenAt] = source;
            if (!source.IsReplaced)
                path.Last = source;
            Activate(source);
        }
        path.Last ??= sources.Values.FirstOrDefault(s => s.Path == path);
    }

    /// <summary>The content of the file under this name changed.</summary>
    public void NoteContent(string place)
    {
        if (At(place) is { } source)
            Activate(source);
    }

    /// <summary>Forgets a source of which nothing more can come.</summary>
    public void Forget(FollowedSource source)
    {
        if (sources.TryGetValue(source.Identity, out FollowedSource? known) && known == source)
            sources.Remove(source.Identity);
        if (At(source.SeenAt) == source)
            places.Remove(source.SeenAt);
    }

    public void ForgetPath(FollowedPath path) => paths.Remove(path.Path);

    /// <summary>Something may be new: it is looked at in the next round.</summary>
    public void Activate(FollowedSource source)
    {
        source.NextLook = default;
        if (source.IsActive)
            return;
        source.IsActive = true;
        active.Add(source);
    }

    /// <summary>Finds the name a file has now; notes since when it has none.</summary>
    public void Locate(FollowedSource source)
    {
        if (IsAt(source, source.SeenAt))
            return;
        foreach (string directory in new[] { SearchPlace(source.Path).Directory, Path.GetDirectoryName(source.SeenAt)! }.Distinct())
        {
            foreach (DirectoryEntry entry in lists.List(directory))
            {
                if (entry.Inode == source.Identity.Inode && IsAt(source, entry.Path))
                    return;
            }
        }
        if (source.Handle?.Name is { } name && IsAt(source, name))
            return;
        source.GoneSince ??= clock.GetUtcNow();
        Activate(source);
    }

    private void Look(string path, FileSet set, bool there, in FileStatus status)
    {
        if (!paths.TryGetValue(path, out FollowedPath? followed))
        {
            if (there && !sources.ContainsKey(status.Identity) && !IsRotationOfFollowed(path, status))
                Begin(AddPath(path, set), status);
            return;
        }
        followed.Round = round;
        if (followed.Last is not { } last)
        {
            if (there && !sources.ContainsKey(status.Identity))
                Begin(followed, status);
            return;
        }
        if (there && status.Identity == last.Identity)
        {
            Note(last, followed.RealPath, status);
            return;
        }
        if (!there && last.State == SourceState.Finished && ReferenceEquals(followed.Searched, lists.List(SearchPlace(followed).Directory)))
            return;
        bool isNew = there && !sources.ContainsKey(status.Identity) && !IsRotationOfFollowed(path, status);
        Locate(last);
        AddBetween(followed, isNew ? status.StartedNs : ulong.MaxValue);
        if (isNew && !sources.ContainsKey(status.Identity))
            AddHere(followed, status);
    }

    /// <summary>
    /// An unknown file under a name such as <c>app.log.1</c> may be what <c>app.log</c> was: that path is looked at first.
    /// </summary>
    private bool IsRotationOfFollowed(string path, FileStatus status)
    {
        string directory = Path.GetDirectoryName(path)!;
        foreach (string original in RotatedName.Originals(Path.GetFileName(path)))
        {
            if (!paths.TryGetValue(Path.Join(directory, original), out FollowedPath? rotated))
                continue;
            Look(rotated.Path, rotated.Set);
            if (sources.ContainsKey(status.Identity))
                return true;
        }
        return false;
    }

    /// <summary>The first source of a path. What rotated away from it since the last scan comes before.</summary>
    private void Begin(FollowedPath path, FileStatus status)
    {
        path.Round = round;
        if (LastScanNs == 0)
        {
            foreach ((FileStatus sibling, _, _) in Siblings(path))
            {
                if (sibling.StartedNs >= status.StartedNs)
                    path.Ignored.Add(sibling.Identity);
            }
        }
        else
        {
            AddAll(path, Siblings(path).Where(s => s.Status.StartedNs > LastScanNs && s.Status.StartedNs <= status.StartedNs));
        }
        if (!sources.ContainsKey(status.Identity))
            AddHere(path, status);
    }

    /// <summary>
    /// A file may have come and been rotated away between two scans, so that nothing is at its path now: what is named like a
    /// rotation of a path to be followed, and began after the last scan, was there.
    /// </summary>
    private void FindPassed(string directory)
    {
        IReadOnlyList<DirectoryEntry> list = lists.List(directory);
        bool known = examined.TryGetValue(directory, out IReadOnlyList<DirectoryEntry>? before) && ReferenceEquals(before, list);
        examined[directory] = list;
        if (known || LastScanNs == 0)
            return;
        foreach (DirectoryEntry entry in list)
        {
            foreach (string original in RotatedName.Originals(entry.Name))
            {
                string place = Path.Join(directory, original);
                if (paths.ContainsKey(place) || FileSet.IsPacked(entry.Name) || sets.FirstOrDefault(s => s.Follows(place)) is not { } set
                    || !TryLook(entry.Path, out FileStatus status) || !status.IsFile || status.StartedNs <= LastScanNs || sources.ContainsKey(status.Identity))
                    continue;
                FollowedPath path = AddPath(place, set);
                path.Round = round;
                AddAll(path, Siblings(path).Where(s => s.Status.StartedNs > LastScanNs));
            }
        }
    }

    /// <summary>Several rotations may have passed: unknown files named like rotations of the path, and younger than its last source, were at the
    /// path in between. What began after the limit is found in the same list, once its turn has come.</summary>
    private void AddBetween(FollowedPath path, ulong untilNs)
    {
        IReadOnlyList<DirectoryEntry> list = lists.List(SearchPlace(path).Directory);
        if (ReferenceEquals(list, path.Searched))
            return;
        FollowedSource last = path.Last!;
        (FileStatus Status, string Place, long Age)[] younger = [.. Siblings(path).Where(s => IsYounger(path, last, s.Status, s.Age))];
        path.Searched = younger.All(s => s.Status.StartedNs <= untilNs) ? list : null;
        AddAll(path, younger.Where(s => s.Status.StartedNs <= untilNs));
    }

    /// <summary>
    /// Stamps move in steps: what began in the same one as the last source came after it, or is among the ignored. Where the clock
    /// was set back, counters know better than birth times, except of the copies that copytruncate made of the source itself.
    /// </summary>
    private static bool IsYounger(FollowedPath path, FollowedSource last, FileStatus status, long age) =>
        status.StartedNs >= last.StartedNs
        || (last.Incarnation == 0 && age > 0 && RotatedName.TryParse(SearchPlace(path).Name, Path.GetFileName(last.SeenAt), out long lastAge) && lastAge > age);

    private void AddAll(FollowedPath path, IEnumerable<(FileStatus Status, string Place, long Age)> found)
    {
        foreach ((FileStatus status, string place, _) in found.OrderBy(s => s.Status.StartedNs).ThenByDescending(s => s.Age).ToArray())
        {
            if (!sources.ContainsKey(status.Identity))
                Add(path, status, place);
        }
    }

    /// <summary>
    /// The copies that copytruncate makes are older than the truncation, by the clock. One that has its very stamp is told from a
    /// file that comes next by being there already.
    /// </summary>
    private void IgnoreCopies(FollowedPath path, ulong truncatedNs)
    {
        FileStatus[] beside = [.. Beside(path).Select(s => s.Status)];
        path.Ignored.IntersectWith(beside.Select(s => s.Identity));
        path.Ignored.UnionWith(beside.Where(s => s.StartedNs == truncatedNs && !sources.ContainsKey(s.Identity)).Select(s => s.Identity));
    }

    /// <summary>Unknown files beside the path that are named like its rotations.</summary>
    private IEnumerable<(FileStatus Status, string Place, long Age)> Siblings(FollowedPath path) =>
        Beside(path).Where(s => !sources.ContainsKey(s.Status.Identity) && !path.Ignored.Contains(s.Status.Identity));

    /// <summary>Files beside the path that are named like its rotations.</summary>
    private IEnumerable<(FileStatus Status, string Place, long Age)> Beside(FollowedPath path)
    {
        (string directory, string name) = SearchPlace(path);
        foreach (DirectoryEntry entry in lists.List(directory))
        {
            if (RotatedName.TryParse(name, entry.Name, out long age) && !FileSet.IsPacked(entry.Name) && TryLook(entry.Path, out FileStatus status) && status.IsFile)
                yield return (status, entry.Path, age);
        }
    }

    private FollowedPath AddPath(string path, FileSet set)
    {
        if (!parsers.TryGetValue(set, out LineParser? parser))
            parsers.Add(set, parser = new LineParser(set.Parse, names, hosts, set.Unread));
        var followed = new FollowedPath(path, set, parser, agent);
        paths.Add(path, followed);
        return followed;
    }

    private void AddHere(FollowedPath path, FileStatus status)
    {
        path.RealPath = tree.Resolve(path.Path);
        Add(path, status, path.RealPath);
    }

    private void Add(FollowedPath path, FileStatus status, string place)
    {
        FollowedSource? before = path.Last;
        FollowedSource source = Make(path, status, 0, status.StartedNs, place, before?.Id ?? default);
        if (before is not null)
        {
            before.IsReplaced = true;
            Activate(before);
        }
        path.Last = source;
        sources.Add(status.Identity, source);
        places[place] = source;
        Activate(source);
        HoldWhereItIs(source);
        AgentLog.Found(logger, path.Path, place, source.Id);
        OnFound(source);
    }

    private FollowedSource Make(FollowedPath path, FileStatus status, uint incarnation, ulong startedNs, string place, SourceId predecessor)
    {
        bool fromEnd = path.Set.FromEnd && LastScanNs == 0 && predecessor.IsEmpty && status.Size > 0;
        FileIdentity identity = status.Identity;
        var source = new FollowedSource
        {
            Path = path,
            Identity = identity,
            Incarnation = incarnation,
            Id = SourceDescriptor.DeriveId(SourceKind.File, agent.Name, identity.Device, identity.Inode, identity.BirthTimeNs, incarnation,
                identity.BirthTimeNs == 0 ? place : ""),
            Predecessor = predecessor,
            FirstOffset = fromEnd ? (ulong)status.Size : null,
            StartedNs = startedNs,
            SeenAt = place,
            KnownSize = (ulong)status.Size,
            GrownAt = clock.GetUtcNow(),
            RepeatUntil = StateIsNew ? (ulong)status.Size : 0,
        };
        if (fromEnd)
            source.Restore(new SourcePosition(source.Describe(), (ulong)status.Size, 0, 0, 0, MidLine: false));
        return source;
    }

    /// <summary>True, and noted, when the file is under this name.</summary>
    private bool IsAt(FollowedSource source, string place)
    {
        if (!TryLook(place, out FileStatus status) || status.Identity != source.Identity)
            return false;
        Note(source, place, status);
        return true;
    }

    private void Note(FollowedSource source, string place, FileStatus status)
    {
        if (source.SeenAt != place)
        {
            if (At(source.SeenAt) == source)
                places.Remove(source.SeenAt);
            source.SeenAt = place;
        }
        places[place] = source;
        source.GoneSince = null;
        source.Links = status.Links;
        source.KnownSize = Math.Max(source.KnownSize, (ulong)status.Size);
        bool changed = (ulong)status.Size != source.Position || status.ModifiedNs != source.CheckedModifiedNs;
        if (source.State == SourceState.Finished)
        {
            if (!changed)
                return;
            source.Reopen();
        }
        if (changed || !source.IsVerified)
            Activate(source);
    }

    /// <summary>Where rotations of a path are: beside it, or beside the file that it is a link to.</summary>
    private static (string Directory, string Name) SearchPlace(FollowedPath path) =>
        ReferenceEquals(path.RealPath, path.Path) ? (path.Directory, path.Name) : (Path.GetDirectoryName(path.RealPath)!, Path.GetFileName(path.RealPath));

    private bool TryLook(string path, out FileStatus status) => tree.Look(path, out status) == FilePresence.There;

    /// <summary>
    /// Now, as the file system would stamp it at the earliest: birth times are by the machine's own clock, in steps of up to 10 ms.
    /// </summary>
    private ulong Now() => tree.NowNs - StampStepNs;
}
