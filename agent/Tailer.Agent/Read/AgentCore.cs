using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>
/// The reading side of the agent, in steps: find, read, seal, keep the state. It has no thread of its own; whoever calls
/// <see cref="Step"/> is the reading thread.
/// </summary>
internal sealed class AgentCore(
    Finder finder, SourceReader reader, PacketFiller filler, SpoolStore spool, Interest interest, ReadOptions options, TimeProvider clock, ILogger logger)
{
    /// <summary>A path whose file is gone is remembered this long, for a file that comes back to continue its chain.</summary>
    private static readonly TimeSpan ForgetPathAfter = TimeSpan.FromDays(7);

    /// <summary>The longest wait: manifests and checkpoints have their times too.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>A file that may not be read, or a disk that fails: trying costs, and helps seldom.</summary>
    private static readonly TimeSpan FailingDelay = TimeSpan.FromSeconds(10);

    /// <summary>How often a copy of a file that is gone is looked for.</summary>
    private static readonly TimeSpan CopyDelay = TimeSpan.FromSeconds(5);

    private readonly HashSet<string> changedNames = new(StringComparer.Ordinal);
    private readonly HashSet<string> changedContent = new(StringComparer.Ordinal);
    private readonly List<string> created = [];
    private DateTimeOffset nextScan;
    private bool hasScanned;
    private bool hasWarned;
    private readonly SealPace pace = new();

    /// <summary>A manifest names each by itself, in about a hundred bytes.</summary>
    private const int UnseenNamedMax = 100;

    private long heldBytes;
    private long unseenFiles;

    private readonly long[] lostBytes = new long[byte.MaxValue + 1];

    /// <summary>Where files that appear are held open until they are looked at; null: nowhere.</summary>
    public FileCatch? Catch { get; init; }

    /// <summary>Told before every look at a source, and after every step: reading does not hang.</summary>
    public Action OnLook { get; init; } = () => { };

    public LagSurvey? Survey { get; init; }

    /// <summary>Bytes that were gone before they could be read, by reason; any thread.</summary>
    public long LostBytesBy(SkipReason reason) => Interlocked.Read(ref lostBytes[(int)reason]);

    /// <summary>Bytes of deleted files held open, at the last look at all files; any thread.</summary>
    public long HeldBytes => Interlocked.Read(ref heldBytes);

    /// <summary>Files that came and went before they could be opened; any thread.</summary>
    public long UnseenFiles => Interlocked.Read(ref unseenFiles);

    /// <summary>Somebody watches: lines go out within milliseconds.</summary>
    public bool IsHasty => interest.AnyViewer;

    /// <summary>One round. True when more is waiting to be read at once.</summary>
    public bool Step(IChangeNotices? watch = null)
    {
        DateTimeOffset now = clock.SteadyNow();
        if (watch is not null)
            TakeChanges(watch, now);
        if (now >= nextScan)
            Scan(watch, now);
        // What was found has to be known to the state before reading seals packets.
        if (spool.IsUrgent)
            TickSpool();
        bool more = ReadActive(now);
        SealWhenDue();
        TickSpool();
        Survey?.LookWhenDue();
        OnLook();
        return more;
    }

    /// <summary>Takes over a file that was opened when it was seen under this name; where it is now, and whether it is, matters no more.</summary>
    public void Take(string place, IFileHandle handle)
    {
        if (finder.Meet(place, handle.Status()) is not { } source || !reader.TryHold(source, handle))
            handle.Dispose();
    }

    /// <summary>How long nothing is due.</summary>
    public TimeSpan UntilNextDue()
    {
        DateTimeOffset now = clock.SteadyNow();
        DateTimeOffset due = now + Longest;
        if (nextScan < due)
            due = nextScan;
        if (filler.OpenedAt is { } opened && SealDue(opened) < due)
            due = SealDue(opened);
        foreach (FollowedSource source in finder.Active)
        {
            if (source.NextLook < due)
                due = source.NextLook;
        }
        // A full spool makes everything due and nothing possible.
        TimeSpan least = spool.IsFull ? TimeSpan.FromMilliseconds(50) : TimeSpan.Zero;
        return due - now > least ? due - now : least;
    }

    /// <summary>
    /// The clean end: takes what only this process can still read (deleted files), seals, and writes the last checkpoint.
    /// </summary>
    public void Stop()
    {
        foreach (FollowedSource source in finder.Sources.Where(s => s.Handle is not null && s.Links == 0).ToArray())
        {
            source.TakesHole = true;
            ReadOutcome outcome;
            do
                outcome = reader.Read(source);
            while (outcome == ReadOutcome.More);
            if (outcome is ReadOutcome.Unfinished or ReadOutcome.AtEnd)
                reader.TryFlushPending(source, isLast: true);
        }
        filler.SealAll();
        spool.Close(finder.Sources.Select(s => s.Spooled), () => finder.Save().ToArray());
    }

    private void TickSpool() => spool.Tick(finder.Sources.Select(s => s.Spooled), () => finder.Save().ToArray());

    private void TakeChanges(IChangeNotices watch, DateTimeOffset now)
    {
        // Before it is asked what was missed, all that was caught must be here.
        bool isAllCaught = !finder.AwaitsArrivals || Catch is not { IsAtRest: false };
        while (Catch is { } files && files.TryTake(out string? caughtAt, out IFileHandle? handle))
            Take(caughtAt, handle);
        changedNames.Clear();
        changedContent.Clear();
        created.Clear();
        bool isWhole = watch.TryTake(changedNames, changedContent, created);
        if (!isWhole)
            nextScan = now;
        foreach ((FollowedPath path, int files) in finder.NoteArrivals(changedNames, created, isWhole, isAllCaught))
            TellUnseen(path, files);
        foreach (string place in changedContent)
            finder.NoteContent(place);
        foreach (string place in changedNames)
        {
            if (!finder.TryLookAtName(place))
                nextScan = now;
        }
    }

    private void Scan(IChangeNotices? watch, DateTimeOffset now)
    {
        finder.Scan();
        bool lookAgain = watch?.Watch(finder.Watched) ?? false;
        Catch?.Watch(finder.Watched, isOther: lookAgain);
        if (!hasScanned)
            AgentLog.Following(logger, finder.Sources.Count, finder.Paths.Count);
        if (watch?.Trouble is { } trouble && !hasWarned)
        {
            AgentLog.NotWatched(logger, trouble, options.PollInterval.TotalSeconds);
            hasWarned = true;
        }
        hasScanned = true;
        nextScan = lookAgain ? now : now + (watch is { WatchesAll: true } ? options.WatchedInterval : options.PollInterval);
        CloseIdle();
        LetGoOfDeleted();
        foreach (FollowedPath path in finder.Paths.Values.ToArray())
        {
            if (path.Last is { State: SourceState.Finished, GoneSince: { } since } last && now - since > ForgetPathAfter)
            {
                finder.Forget(last);
                finder.ForgetPath(path);
            }
        }
    }

    /// <summary>Each source in turn gets a chunk, so that none waits for another's backlog.</summary>
    private bool ReadActive(DateTimeOffset now)
    {
        bool more = false;
        List<FollowedSource> active = finder.Active;
        int kept = 0;
        // Sources become active while others are read; they are at the end of the list and get their turn.
        for (int i = 0; i < active.Count; i++)
        {
            FollowedSource source = active[i];
            if (source.NextLook <= now && !spool.IsFull)
            {
                source.NextLook = DateTimeOffset.MaxValue;
                OnLook();
                Look(source);
            }
            if (source.NextLook == DateTimeOffset.MaxValue)
            {
                source.IsActive = false;
                continue;
            }
            more |= source.NextLook <= now;
            active[kept++] = source;
        }
        active.RemoveRange(kept, active.Count - kept);
        return more && !spool.IsFull;
    }

    /// <summary>Reads from a source, and sets when to look again: MaxValue is "when it changes".</summary>
    private void Look(FollowedSource source)
    {
        if (source.State == SourceState.Finished)
            return;
        DateTimeOffset now = clock.SteadyNow();
        if (source.Handle is null && source.GoneSince is { } since && !finder.TryContinueElsewhere(source))
        {
            if (now - since < options.RotateGrace)
                source.NextLook = since + options.RotateGrace < now + CopyDelay ? since + options.RotateGrace : now + CopyDelay;
            else if (now - since < ForgetPathAfter && finder.MayContinueLater(source))
                source.NextLook = now + FailingDelay;
            else
                GiveUp(source);
            return;
        }
        switch (reader.Read(source))
        {
            case ReadOutcome.More:
                source.NextLook = default;
                break;
            case ReadOutcome.Blocked:
                source.NextLook = now + Longest;
                break;
            case ReadOutcome.Failed:
                finder.Locate(source);
                source.NextLook = now + (source.IsFailing ? FailingDelay : RetryDelay);
                break;
            case ReadOutcome.Truncated when source.IsCopy:
            case ReadOutcome.Refused:
                reader.Close(source);
                finder.RefuseCopy(source);
                source.NextLook = default;
                break;
            case ReadOutcome.Damaged:
                EndDamaged(source);
                break;
            case ReadOutcome.Truncated:
                Restart(source, now);
                break;
            case ReadOutcome.Unfinished when !reader.IsPendingDue(source):
                source.NextLook = source.GrownAt + options.PartialDelay;
                break;
            case ReadOutcome.Unfinished:
                source.NextLook = reader.TryFlushPending(source) ? default : now + Longest;
                break;
            case ReadOutcome.AtEnd:
                Rest(source, now);
                break;
        }
        CloseBeyondLimit(source);
    }

    /// <summary>
    /// While more files have something to read than may be held open, those beyond the limit are opened for each turn. Some room is left for which
    /// <see cref="CloseIdle"/> decides, so that busy files take the place of idle ones.
    /// </summary>
    private void CloseBeyondLimit(FollowedSource source)
    {
        if (reader.Handles > options.HandlesMax + options.HandlesMax / 8 && source is { IsReplaced: false, GoneSince: null, Packing: Packing.None })
            reader.Close(source);
    }

    /// <summary>At its end: a file that was renamed or deleted is let go when its writer has had time to notice.</summary>
    private void Rest(FollowedSource source, DateTimeOffset now)
    {
        source.State = SourceState.Following;
        bool isSuppressing = !reader.TryEndSuppression(source, isLast: source.Packing != Packing.None);
        if (source.IsInPacket && (source.Packing != Packing.None || source.Links == 0))
        {
            // Held until it is spooled, which comes by itself.
            source.NextLook = now + Longest;
            return;
        }
        if (source.Packing != Packing.None)
        {
            reader.Close(source);
            Lose(source, SkipReason.DeletedUnread, source.KnownSize);
            End(source, Math.Max(source.Position, source.KnownSize));
            return;
        }
        if (!source.IsReplaced && source.GoneSince is null)
        {
            source.NextLook = isSuppressing ? now + Longest : DateTimeOffset.MaxValue;
            return;
        }
        DateTimeOffset until = source.GrownAt + options.RotateGrace;
        // Of rotated files found at a start most have been left alone for long.
        bool isOld = source.Links > 0 && LogTime.ToDateTimeOffset(source.ModifiedTime) + options.RotateGrace < clock.GetUtcNow();
        if (now < until && !isOld)
        {
            source.NextLook = now + RetryDelay < until ? now + RetryDelay : until;
            return;
        }
        if (source.EndsInHole)
        {
            source.TakesHole = true;
            source.NextLook = default;
            return;
        }
        if (!reader.TryFlushPending(source, isLast: true) || (isSuppressing && !reader.TryEndSuppression(source, isLast: true)))
        {
            source.NextLook = now + Longest;
            return;
        }
        reader.Close(source);
        if (source.Links > 0)
        {
            source.State = SourceState.Parked;
            return;
        }
        source.GoneSince ??= now;
        End(source, source.Position);
    }

    /// <summary>Gone, and not held open: what was not read is lost.</summary>
    private void GiveUp(FollowedSource source)
    {
        reader.TryEndSuppression(source, isLast: true);
        Lose(source, SkipReason.DeletedUnread, source.SeenBytes);
        // Whether it ended where it was last seen, nobody knows: no terminal mark.
        End(source, null);
    }

    private void Restart(FollowedSource source, DateTimeOffset now)
    {
        // What was read of an unfinished line is still here, though no longer in the file.
        if (!reader.TryFlushPending(source, isLast: true) || !reader.TryEndSuppression(source, isLast: true))
        {
            source.NextLook = now + Longest;
            return;
        }
        if (source.IsInPacket)
            filler.SealAll();
        AgentLog.Truncated(logger, source.SeenAt, source.Position);
        FileStatus status = source.Handle!.Status();
        finder.StartAnew(source, status, out bool goesOn);
        if (goesOn)
            return;
        ulong end = source.TruncatedBytes;
        Lose(source, SkipReason.TruncatedUnread, end);
        filler.NoteDropped(source);
        source.Finish(end);
        spool.NoteEnd(source.Describe());
        finder.Forget(source);
    }

    /// <summary>The rest of an archive cannot be read, and there is no other file with its bytes.</summary>
    private void EndDamaged(FollowedSource source)
    {
        finder.RefuseCopy(source);
        if (finder.TryContinueElsewhere(source))
            return;
        Lose(source, SkipReason.Unreadable, source.KnownSize);
        End(source, null);
    }

    private void Lose(FollowedSource source, SkipReason reason, ulong end)
    {
        if (end <= source.Position)
            return;
        AgentLog.Lost(logger, source.Path.Path, source.Position, end, reason);
        lostBytes[(int)reason] += (long)(end - source.Position);
        spool.NoteSkip(source.Describe(), new Skip(source.Position, end, reason));
    }

    private void TellUnseen(FollowedPath path, int files)
    {
        AgentLog.Unseen(logger, path.Path, files);
        Interlocked.Add(ref unseenFiles, files);
        for (uint i = 0; i < Math.Min(files, UnseenNamedMax); i++)
            spool.NoteSkip(finder.DescribeUnseen(path, i), Skip.Unseen);
    }

    /// <summary>
    /// What is known of a source may be forgotten only when all that was read of it is in the spool: after a kill its copies would not be
    /// read again.
    /// </summary>
    private void End(FollowedSource source, ulong? finalLength)
    {
        if (source.IsInPacket)
            filler.SealAll();
        filler.NoteDropped(source);
        source.Finish(finalLength);
        spool.NoteEnd(source.Describe());
        if (source.Path.Last != source)
            finder.Forget(source);
    }

    private void SealWhenDue()
    {
        if (filler.OpenedAt is not { } opened || clock.SteadyNow() < SealDue(opened))
            return;
        filler.SealAll();
        pace.NoteSealed(clock.SteadyNow());
    }

    private DateTimeOffset SealDue(DateTimeOffset opened) => pace.Due(opened, interest.AnyViewer ? options.HastyDelay : options.FlushDelay);

    /// <summary>Keeps the number of open files within its bound: those that have their name and changed longest ago go first.</summary>
    private void CloseIdle()
    {
        int over = reader.Handles - options.HandlesMax;
        if (over <= 0)
            return;
        foreach (FollowedSource source in finder.Sources.Where(s => s.Handle is not null && !s.IsReplaced && s.GoneSince is null && !s.IsActive).OrderBy(s => s.GrownAt).Take(over).ToArray())
            reader.Close(source);
    }

    /// <summary>Keeps what deleted files take on the disk within its bound: of those deleted longest ago the rest is given up, and said to be lost.</summary>
    private void LetGoOfDeleted()
    {
        long bytes = 0;
        var held = new List<(FollowedSource Source, long Bytes)>();
        foreach (FollowedSource source in finder.Sources)
        {
            if (source.GoneSince is null || source.Handle?.Status() is not { Links: 0 } status)
                continue;
            held.Add((source, status.Size));
            bytes += status.Size;
        }
        foreach ((FollowedSource source, long size) in held.OrderBy(h => h.Source.GoneSince))
        {
            if (bytes <= options.HeldBytesMax)
                break;
            // What was read of an unfinished line need not be lost; when the spool takes nothing, it is.
            reader.TryFlushPending(source, isLast: true);
            AgentLog.LetGo(logger, source.Path.Path, bytes, source.Position);
            reader.Close(source);
            Lose(source, SkipReason.DeletedUnread, source.Packing == Packing.None ? Math.Max((ulong)size, source.SeenBytes) : source.SeenBytes);
            End(source, null);
            bytes -= size;
        }
        Interlocked.Exchange(ref heldBytes, bytes);
    }
}
