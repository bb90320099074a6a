using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>
/// Knows which files are followed under which path. Finds new files, files that rotation renamed, copied or packed, and those that
/// came and were renamed while nobody looked. Belongs to the reading thread.
/// </summary>
internal sealed partial class Finder
{
    private const ulong StampStepNs = 10_000_000;

    private readonly IFileTree tree;
    private readonly IReadOnlyList<FileSet> sets;
    private readonly AgentName agent;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly DirectoryLists lists;
    private readonly SourceBook book = new();
    private readonly Rotations rotations;
    private readonly Dictionary<string, FollowedPath> paths = new(StringComparer.Ordinal);
    private readonly NameCache names = new();
    private readonly NameCache hosts;
    private readonly StampClock stamps;
    private readonly Dictionary<FileSet, LineParser> parsers = [];
    private readonly Dictionary<string, FileSet> matched = new(StringComparer.Ordinal);
    private readonly HashSet<string> watched = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DirectoryList> examined = new(StringComparer.Ordinal);
    private readonly HashSet<string> hidden = new(StringComparer.Ordinal);
    private readonly HashSet<string> undecided = new(StringComparer.Ordinal);
    private long round;
    private bool isAfterRestart;

    public Finder(IFileTree tree, IReadOnlyList<FileSet> sets, AgentName agent, TimeProvider clock, ILogger logger)
    {
        this.tree = tree;
        this.sets = sets;
        this.agent = agent;
        this.clock = clock;
        this.logger = logger;
        hosts = new NameCache(agent.MayClaim);
        stamps = new StampClock(tree, clock);
        lists = new DirectoryLists(tree);
        rotations = new Rotations(tree, lists, book, logger);
    }

    public IReadOnlyDictionary<string, FollowedPath> Paths => paths;

    /// <summary>The latest incarnation of every file known, and sources that are read on from a copy.</summary>
    public IReadOnlyCollection<FollowedSource> Sources => book.All;

    /// <summary>Told of every source found, before it is read, and of one without a byte that goes on in another file.</summary>
    public Action<FollowedSource> OnFound { get; init; } = _ => { };

    /// <summary>Sources that may have something to read or to finish; the core removes those that have not.</summary>
    public List<FollowedSource> Active => book.Active;

    /// <summary>Directories whose changes concern the paths followed.</summary>
    public IReadOnlySet<string> Watched => watched;

    /// <summary>When the last scan began that could look everywhere, by the file system's clock; 0 before the first.</summary>
    public ulong LastScanNs { get; set; }

    /// <summary>Nothing was known at the start: what is found may have been sent before.</summary>
    public bool StateIsNew { get; set; }

    /// <summary>
    /// Names the present start of the machine; empty where that cannot be told. What an earlier one had shipped and not synced may be gone from
    /// the spool: it is read again.
    /// </summary>
    public string Boot { get; init; } = "";

    /// <summary>The source last seen under this name, whatever path it is followed as.</summary>
    public FollowedSource? At(string place) => book.At(place);

    /// <summary>Looks at everything: matches globs, looks at each file, searches what rotation moved.</summary>
    public void Scan()
    {
        rotations.StampsTell = true;
        ulong startedNs = Now();
        NoteClock(startedNs);
        round++;
        undecided.Clear();
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
        foreach (FollowedSource source in book.All)
        {
            if (source.IsReplaced && source.State != SourceState.Finished)
                Locate(source);
        }
        foreach (string directory in walker.Directories)
            LookAtRotations(directory);
        // What came where nobody could look is still to be found.
        if (lists.Hidden.Count == 0 || LastScanNs == 0)
            LastScanNs = startedNs;
        TellHidden();
        lists.Trim();
        watched.Clear();
        watched.UnionWith(walker.Directories);
        foreach (FollowedPath path in paths.Values)
            watched.Add(path.SearchPlace().Directory);
        StateIsNew = false;
        isAfterRestart = false;
    }

    /// <summary>
    /// Looks at a name that changed: it may be followed, or to be followed, or what a followed file was renamed to. False when it
    /// is a directory, and only a scan can tell what is in it.
    /// </summary>
    public bool TryLookAtName(string place)
    {
        NoteClock(Now());
        if (paths.TryGetValue(place, out FollowedPath? path))
            Look(place, path.Set);
        else if (sets.FirstOrDefault(s => s.Follows(place)) is { } set)
            Look(place, set);
        if (At(place) is { } source && source.Path.Path != place)
            Locate(source);
        string directory = Path.GetDirectoryName(place)!;
        foreach (string original in Originals(place))
        {
            if (paths.TryGetValue(original, out FollowedPath? rotated))
            {
                Look(rotated.Path, rotated.Set);
                DismissCopies(rotated);
            }
            else if (sets.Any(s => s.Follows(original)))
            {
                // It came and was renamed before anybody saw it.
                LookAtRotations(directory);
            }
        }
        return !TryLook(place, out FileStatus status) || !status.IsDirectory;
    }

    /// <summary>The content of the file under this name changed.</summary>
    public void NoteContent(string place)
    {
        if (At(place) is { } source)
            Activate(source);
        else if (undecided.Contains(place))
            TryLookAtName(place);
    }

    /// <summary>
    /// Takes over what an earlier run knew: positions from checkpoint and spool, places from the checkpoint alone. What is no
    /// longer to be followed is left out. Returns how many sources were.
    /// </summary>
    public int Restore(IEnumerable<SourcePosition> positions, FinderState? state)
    {
        LastScanNs = state?.LastScanNs ?? 0;
        isAfterRestart = Boot.Length > 0 && state?.Boot != Boot;
        rotations.ClockKnownSinceNs = isAfterRestart ? tree.NowNs : 0;
        // The steady clock of another start of the machine began at another time.
        stamps.AheadNs = Boot.Length > 0 && !isAfterRestart ? state?.ClockAheadNs : null;
        if (stamps.AheadNs is null)
            stamps.Begin();
        var restore = new FinderRestore(book, tree, clock) { MayRepeat = isAfterRestart };
        int dropped = 0;
        foreach (IGrouping<string, SourcePosition> group in positions.GroupBy(p => p.Descriptor.Path, StringComparer.Ordinal))
        {
            if (sets.FirstOrDefault(s => s.Follows(group.Key)) is { } set)
                restore.Chain(AddPath(group.Key, set), [.. group], state);
            else
                dropped += group.Count();
        }
        foreach (SavedPath saved in state?.Paths.Values ?? [])
        {
            if (!paths.TryGetValue(saved.Path, out FollowedPath? path) && sets.FirstOrDefault(s => s.Follows(saved.Path)) is { } set)
                path = AddPath(saved.Path, set);
            if (path is not null)
                FinderRestore.Path(path, saved);
        }
        return dropped;
    }

    /// <summary>What <see cref="Restore"/> needs beside the positions.</summary>
    public FinderState Save() => new(
        LastScanNs,
        paths.Values.ToDictionary(p => p.Path, SavedPath.Of, StringComparer.Ordinal),
        book.All.ToDictionary(s => s.Id, SavedPlace.Of))
    { Boot = Boot, ClockAheadNs = stamps.AheadNs };

    /// <summary>Forgets a source of which nothing more can come, but for what tells its copies.</summary>
    public void Forget(FollowedSource source)
    {
        book.Remove(source);
        Remember(source, 0);
        // Of an archive of nothing no byte tells that it was read.
        if (source.Packing != Packing.None && source.IsBlank)
            source.Path.Dismissed.Add(source.File);
    }

    private static void Remember(FollowedSource source, ulong truncatedNs)
    {
        if (source.PrefixBytes > 0 && source.Path.Ended.All(e => e.Id != source.Id))
            source.Path.Remember(new EndedSource(source.Id, source.PrefixBytes, source.PrefixHash, source.Position, truncatedNs));
    }

    public void ForgetPath(FollowedPath path) => paths.Remove(path.Path);

    /// <summary>Something may be new: it is looked at in the next round.</summary>
    public void Activate(FollowedSource source) => book.Activate(source);

    /// <summary>Finds the name a file has now; notes since when it has none.</summary>
    public void Locate(FollowedSource source)
    {
        if (source.State == SourceState.Finished && source.IsCopy)
            return;
        if (book.Find(source.File) is { } owner && owner != source)
        {
            // It was truncated: what is in it is another's.
            source.GoneSince ??= clock.SteadyNow();
            Activate(source);
            return;
        }
        FilePresence presence = LookFor(source, source.SeenAt);
        if (presence == FilePresence.There)
            return;
        bool isHidden = presence == FilePresence.Hidden;
        foreach (string directory in new[] { source.Path.SearchPlace().Directory, Path.GetDirectoryName(source.SeenAt)! }.Distinct())
        {
            DirectoryList list = lists.List(directory);
            isHidden |= ReferenceEquals(list, DirectoryList.Hidden);
            foreach (DirectoryEntry entry in list.Entries)
            {
                if (entry.Inode == source.File.Inode && LookFor(source, entry.Path) == FilePresence.There)
                    return;
            }
        }
        if (source.Handle?.Name is { } name && LookFor(source, name) == FilePresence.There)
            return;
        // Nobody knows whether it is there.
        if (isHidden)
            return;
        source.GoneSince ??= clock.SteadyNow();
        Activate(source);
    }

    /// <summary>
    /// Looks at a path. A file that was there a moment ago, and is <paramref name="heldSinceNs"/>, comes before those that began after it: they
    /// are looked for next.
    /// </summary>
    private void Look(string path, FileSet set, FilePresence presence, in FileStatus status, ulong heldSinceNs = ulong.MaxValue)
    {
        bool there = presence == FilePresence.There && status.IsFile;
        if (!paths.TryGetValue(path, out FollowedPath? followed))
        {
            if (there && book.Find(status.Identity) is null && !IsRotationOfFollowed(path, status))
                Begin(AddPath(path, set), status);
            return;
        }
        followed.Round = round;
        if (presence == FilePresence.Hidden)
        {
            followed.IsHidden = true;
            return;
        }
        if (followed.Last is not { } last)
        {
            AddUnseen(followed);
            if (there && book.Find(status.Identity) is null && !followed.Dismissed.Contains(status.Identity))
                AddHere(followed, status);
            return;
        }
        if (there && status.Identity == last.File)
        {
            Note(last, followed.RealPath, status);
            return;
        }
        if (!there && last.State == SourceState.Finished && ReferenceEquals(followed.Searched, lists.List(followed.SearchPlace().Directory)))
            return;
        bool isNew = there && book.Find(status.Identity) is null && !IsRotationOfFollowed(path, status);
        Locate(last);
        AddUnseen(followed, heldSinceNs);
        if (isNew && book.Find(status.Identity) is null)
            AddHere(followed, status);
    }

    /// <summary>
    /// An unknown file under a name such as <c>app.log.1</c> may be what <c>app.log</c> was: that path is looked at first.
    /// </summary>
    private bool IsRotationOfFollowed(string path, FileStatus status)
    {
        foreach (string original in Originals(path))
        {
            if (!paths.TryGetValue(original, out FollowedPath? rotated))
                continue;
            Look(rotated.Path, rotated.Set);
            if (book.Find(status.Identity) is not null || rotated.Dismissed.Contains(status.Identity))
                return true;
        }
        return false;
    }

    /// <summary>The first source of a path. What rotated away from it since the last scan comes before.</summary>
    private void Begin(FollowedPath path, FileStatus status)
    {
        path.Round = round;
        DismissOld(path);
        AddUnseen(path);
        if (book.Find(status.Identity) is null)
            AddHere(path, status);
    }

    private FollowedPath AddPath(string path, FileSet set)
    {
        if (!parsers.TryGetValue(set, out LineParser? parser))
            parsers.Add(set, parser = new LineParser(set.Parse, names, hosts, set.Unread));
        var followed = new FollowedPath(path, set, parser, agent) { SinceNs = LastScanNs == 0 ? Now() : LastScanNs };
        paths.Add(path, followed);
        return followed;
    }

    private void AddHere(FollowedPath path, FileStatus status)
    {
        string real = tree.Resolve(path.Path);
        path.RealPath = real == path.Path ? path.Path : real;
        Add(path, status, status.StartedNs, path.RealPath, UnpackedFile.PackingOf(path.Path));
    }

    private void Add(FollowedPath path, FileStatus status, ulong startedNs, string place, Packing packing)
    {
        FollowedSource? before = path.Last;
        FollowedSource source = Make(path, status, 0, startedNs, place, packing, before?.Id ?? default);
        if (before is not null)
        {
            before.IsReplaced = true;
            Activate(before);
        }
        path.Last = source;
        book.Add(source);
        arrivals.NoteFound(path.Path);
        HoldWhereItIs(source);
        AgentLog.Found(logger, path.Path, place, source.Id);
        OnFound(source);
    }

    private FollowedSource Make(FollowedPath path, FileStatus status, uint incarnation, ulong startedNs, string place, Packing packing, SourceId predecessor)
    {
        FileIdentity identity = status.Identity;
        ulong bytes = packing == Packing.None ? (ulong)status.Size : 0;
        bool fromEnd = path.Set.FromEnd && LastScanNs == 0 && predecessor.IsEmpty && bytes > 0;
        SourceId id = IdOf(identity, incarnation, place);
        // An inode number given again in the same step of the clock: its bytes tell that it is another file.
        while (book.Find(id) is not null || path.Ended.Any(e => e.Id == id))
            id = IdOf(identity, ++incarnation, place);
        var source = new FollowedSource
        {
            Path = path,
            Identity = identity,
            File = identity,
            Packing = packing,
            Incarnation = incarnation,
            Id = id,
            Predecessor = predecessor,
            FirstOffset = fromEnd ? bytes : null,
            // One of the future was made while the clock was ahead; what comes next must not look older.
            StartedNs = Math.Min(startedNs, tree.NowNs),
            SeenAt = place,
            FileBytes = bytes,
            GrownAt = clock.SteadyNow(),
            RepeatUntil = !StateIsNew && !isAfterRestart ? 0 : packing == Packing.None ? bytes : ulong.MaxValue,
        };
        if (fromEnd)
            source.Restore(SourcePosition.AtBegin(source.Describe()));
        return source;
    }

    private SourceId IdOf(FileIdentity identity, uint incarnation, string place) => SourceDescriptor.DeriveId(
        SourceKind.File, agent.Name, identity.Device, identity.Inode, identity.BirthTimeNs, incarnation, identity.BirthTimeNs == 0 ? place : "");

    /// <summary>Noted, when the file is under this name.</summary>
    private FilePresence LookFor(FollowedSource source, string place)
    {
        FilePresence presence = tree.Look(place, out FileStatus status);
        if (presence != FilePresence.There)
            return presence;
        if (status.Identity != source.File)
            return FilePresence.Absent;
        Note(source, place, status);
        return FilePresence.There;
    }

    private void Note(FollowedSource source, string place, FileStatus status)
    {
        book.Move(source, place);
        // Of what was found after the last checkpoint the state does not know how it is packed.
        if (source.Packing == Packing.None && !source.IsVerified)
            source.Packing = UnpackedFile.PackingOf(place);
        source.GoneSince = null;
        source.Links = status.Links;
        if (source.Packing != Packing.None)
        {
            if (!source.IsVerified || status.ModifiedNs != source.CheckedModifiedNs)
                Activate(source);
            return;
        }
        if (!source.EndsInHole)
            source.FileBytes = Math.Max(source.FileBytes, (ulong)status.Size);
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

    /// <summary>Says once which directories nobody can look into; again when it was possible in between.</summary>
    private void TellHidden()
    {
        foreach (string directory in lists.Hidden)
        {
            if (hidden.Add(directory))
                AgentLog.Hidden(logger, directory);
        }
        hidden.IntersectWith(lists.Hidden);
    }

    private bool TryLook(string path, out FileStatus status) => tree.Look(path, out status) == FilePresence.There;

    /// <summary>
    /// The clock was set: what is beside a path may have stamps before those of what is known, and have come after it. From now on no stamp makes it
    /// look older; where it was set back, nor does that of what comes.
    /// </summary>
    private void NoteClock(ulong now)
    {
        bool wasSet = stamps.WasSet();
        if (!wasSet && LastScanNs <= now)
            return;
        rotations.StampsTell = false;
        foreach (FollowedSource source in LastScanNs > now ? book.All : [])
            source.StartedNs = Math.Min(source.StartedNs, now);
        foreach (FollowedPath path in paths.Values)
            path.SinceNs = Math.Min(path.SinceNs, FollowedPath.SinceUnknown);
        LastScanNs = Math.Min(LastScanNs, 1);
    }

    /// <summary>
    /// Now, as the file system would stamp it at the earliest: birth times are by the machine's own clock, in steps of up to 10 ms.
    /// </summary>
    private ulong Now() => tree.NowNs - StampStepNs;
}
