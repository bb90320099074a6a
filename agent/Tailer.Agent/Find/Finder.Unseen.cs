using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>What rotation leaves beside a path: dismissed where it is known or older, followed where nobody saw it.</summary>
internal sealed partial class Finder
{
    /// <summary>Of what is beside a path that was never seen before only files that came since the last scan were at it.</summary>
    private void DismissOld(FollowedPath path)
    {
        foreach (RotatedFile file in rotations.Unknown(path))
        {
            if (LastScanNs == 0 || file.Status.StartedNs <= LastScanNs)
                Dismiss(path, file, "it is older than the agent's knowledge");
        }
    }

    /// <summary>
    /// Looks at what is named like a rotation in a directory that changed. Of a path whose file is in its place it can only be a copy,
    /// best recognised while the original is there. A path to be followed that nobody knows may have had a file, and none now.
    /// </summary>
    private void LookAtRotations(string directory)
    {
        DirectoryList list = lists.List(directory);
        bool known = examined.TryGetValue(directory, out DirectoryList? before) && ReferenceEquals(before, list);
        examined[directory] = list;
        if (known)
            return;
        foreach (IGrouping<string, DirectoryEntry> group in list.Rotations)
        {
            string place = Path.Join(directory, group.Key);
            if (paths.TryGetValue(place, out FollowedPath? path))
            {
                if (!DismissCopies(path))
                    examined.Remove(directory);
            }
            else if (sets.FirstOrDefault(s => s.Follows(place)) is { } set)
            {
                path = AddPath(place, set);
                path.Round = round;
                DismissOld(path);
                AddUnseen(path);
            }
        }
    }

    /// <summary>
    /// Dismisses copies of a source that is in its place, and what somebody else put there. False when something cannot be told yet.
    /// </summary>
    private bool DismissCopies(FollowedPath path)
    {
        List<RotatedFile> unknown = rotations.Unknown(path);
        if (unknown.Count == 0)
            return true;
        LocateReplaced(path);
        ContinueGone(path);
        unknown.RemoveAll(f => book.Find(f.Identity) is not null);
        if (unknown.Count > 0 && path.Last is { IsBlank: true })
        {
            // What was written since the last look may have been copied and truncated: nothing would tell.
            AddUnseen(path);
            return path.Searched is not null;
        }
        // One that is gone may have been truncated and written again, of which nothing was kept over a kill: that may be in any of them.
        FollowedSource? gone = path.Sources.Where(s => s != path.Last && s.IsGone).MaxBy(s => s.StartedNs);
        bool isInPlace = rotations.IsLastInPlace(path), whole = true;
        foreach (RotatedFile file in unknown)
        {
            RotatedVerdict verdict = isInPlace && gone is null && !path.Waiting.Contains(file.Identity) ? RotatedVerdict.Copy : rotations.Judge(path, file);
            if (verdict == RotatedVerdict.Unseen && path.Waiting.Remove(file.Identity))
                AddLate(path, file, (FirstAfter(path, file) ?? path.Last)?.Predecessor ?? default);
            else if (verdict == RotatedVerdict.Unseen && isInPlace && gone is not null && book.Find(file.Identity) is null)
                AddLate(path, file, gone.Id);
            if (verdict == RotatedVerdict.Copy)
                path.Copies.Add(file.Identity);
            if (verdict is RotatedVerdict.Dismissed or RotatedVerdict.Copy)
                Dismiss(path, file, "it came while the file at the path was followed");
            if (verdict is RotatedVerdict.Dismissed or RotatedVerdict.Copy or RotatedVerdict.Unseen)
                continue;
            undecided.Add(file.Place);
            whole = false;
        }
        return whole;
    }

    /// <summary>Where known ones are now tells what is a copy of them, or may be theirs, and by their names what came before them.</summary>
    private void LocateReplaced(FollowedPath path)
    {
        foreach (FollowedSource source in path.Sources.Where(s => s is { IsReplaced: true, Handle: null } && s.State != SourceState.Finished).ToArray())
            Locate(source);
    }

    private void Dismiss(FollowedPath path, RotatedFile file, string why)
    {
        path.Dismissed.Add(file.Identity);
        AgentLog.Dismissed(logger, path.Path, file.Place, why);
    }

    /// <summary>
    /// Several rotations may have passed since the last look: files named like rotations of the path that nobody knows were at the
    /// path in between. Those that began at <paramref name="beforeNs"/> or later are left for the next look.
    /// </summary>
    private void AddUnseen(FollowedPath path, ulong beforeNs = ulong.MaxValue)
    {
        DirectoryList list = lists.List(path.SearchPlace().Directory);
        path.IsHidden = ReferenceEquals(list, DirectoryList.Hidden);
        if (ReferenceEquals(list, path.Searched) || path.IsHidden)
            return;
        path.Searched = list;
        var waiting = new HashSet<FileIdentity>();
        LocateReplaced(path);
        ContinueGone(path);
        var unseen = new List<RotatedFile>();
        foreach (RotatedFile file in rotations.Unknown(path))
        {
            if (file.StartedNs >= beforeNs)
            {
                path.Searched = null;
                continue;
            }
            switch (rotations.Judge(path, file))
            {
                case RotatedVerdict.Copy:
                    path.Copies.Add(file.Identity);
                    Dismiss(path, file, "its bytes are known");
                    break;
                case RotatedVerdict.Dismissed:
                    Dismiss(path, file, "its bytes are known, or older than what is known");
                    break;
                case RotatedVerdict.Unseen:
                    unseen.Add(file);
                    break;
                default:
                    // What is at the path now need not wait for it.
                    waiting.Add(file.Identity);
                    undecided.Add(file.Place);
                    path.Searched = null;
                    break;
            }
        }
        path.Waiting.Clear();
        path.Waiting.UnionWith(waiting);
        FollowedSource? last = path.Last, late = null, lateAfter = null;
        foreach (RotatedFile file in rotations.InOrder(path, [.. unseen.Where(f => !rotations.IsArchiveOf(f, unseen))]))
        {
            if (path.Last == last && FirstAfter(path, file) is { } after)
            {
                late = AddLate(path, file, late is not null && after == lateAfter ? late.Id : after.Predecessor);
                lateAfter = after;
            }
            else
            {
                Add(path, file.Status, file.StartedNs, file.Place, file.Packing);
            }
        }
        if (path.Dismissed.Count > 0)
            path.Dismissed.IntersectWith(rotations.Beside(path).Select(f => f.Identity));
        path.Copies.IntersectWith(path.Dismissed);
    }

    /// <summary>The earliest of the sources that came after the file; null when it came after all of them.</summary>
    private FollowedSource? FirstAfter(FollowedPath path, RotatedFile file) => path.Back().TakeWhile(s => rotations.IsBefore(path, file, s)).LastOrDefault();

    /// <summary>What could not be told, or was not found, when what came after it was: both follow the same source.</summary>
    private FollowedSource AddLate(FollowedPath path, RotatedFile file, SourceId predecessor)
    {
        FollowedSource source = Make(path, file.Status, 0, file.StartedNs, file.Place, file.Packing, predecessor);
        source.IsReplaced = true;
        book.Add(source);
        arrivals.NoteFound(path.Path);
        HoldWhereItIs(source);
        AgentLog.Found(logger, path.Path, file.Place, source.Id);
        OnFound(source);
        return source;
    }
}
