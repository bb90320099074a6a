using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>Sources whose own file is gone or has another content, and that go on in a copy or an archive of it.</summary>
internal sealed partial class Finder
{
    /// <summary>
    /// Follows a file anew after it was truncated. The source that ended gives its file to the new one, and is read on from a copy, or,
    /// where there is none, has to be finished and forgotten: <paramref name="goesOn"/>.
    /// </summary>
    public FollowedSource StartAnew(FollowedSource ended, FileStatus status, out bool goesOn)
    {
        RotatedFile? copy = rotations.FindCopy(ended);
        // Where nobody can look for a copy, it is looked for as long as for those of files that are gone.
        bool isHidden = copy is null && ReferenceEquals(lists.List(ended.Path.SearchPlace().Directory), DirectoryList.Hidden);
        goesOn = copy is not null || isHidden;
        ended.RestAt = copy?.Place;
        if (copy is not null)
            ended.Path.Dismissed.Add(copy.Identity);
        else if (!isHidden)
            Remember(ended, status.ChangedNs);
        SourceId predecessor = ended.Id;
        if (ended.Path.Last == ended)
        {
            // Copies of what was truncated before anybody read it come between.
            ended.Path.Searched = null;
            AddUnseen(ended.Path);
            predecessor = ended.Path.Last.Id;
        }
        FollowedSource source = Make(ended.Path, status, ended.Incarnation + 1, status.ChangedNs, ended.SeenAt, Packing.None, predecessor);
        source.Handle = ended.Handle;
        source.IsReplaced = ended.IsReplaced;
        ended.Handle = null;
        ended.IsReplaced = true;
        book.AddAfter(ended, source);
        if (copy is not null)
            GoOn(ended, copy);
        if (isHidden)
        {
            // What is in the file now is not its.
            ended.KnownSize = ended.TruncatedBytes;
            ended.FileBytes = 0;
            ended.GoneSince = clock.SteadyNow();
            Activate(ended);
        }
        if (ended.Path.Last!.Id == predecessor)
        {
            ended.Path.Last.IsReplaced = true;
            ended.Path.Last = source;
        }
        OnFound(source);
        return source;
    }

    /// <summary>
    /// Lets a source whose file is gone, or has another content, be read on from a copy or an archive of it. False when there is
    /// none that has more than was read.
    /// </summary>
    public bool TryContinueElsewhere(FollowedSource source)
    {
        if (rotations.FindCopy(source) is not { } copy)
            return false;
        GoOn(source, copy);
        return true;
    }

    /// <summary>None now; whether a file that is there is one cannot be told yet.</summary>
    public bool MayContinueLater(FollowedSource source) => rotations.MayTellLater(source);

    private void GoOn(FollowedSource source, RotatedFile copy)
    {
        AgentLog.Continued(logger, source.Path.Path, copy.Place, source.Position);
        book.Attach(source, copy.Identity, copy.Place);
        source.RestAt = null;
        source.Packing = copy.Packing;
        source.FileBytes = 0;
        source.CheckedModifiedNs = 0;
        source.GoneSince = null;
        source.Links = 1;
        source.State = SourceState.Following;
        source.Distrust();
        book.Activate(source);
        // After a kill no byte of it would tell.
        if (source.IsBlank)
            OnFound(source);
    }

    /// <summary>The file from which a source was read on has not its bytes after all, or no longer.</summary>
    public void RefuseCopy(FollowedSource source)
    {
        (source.Refused ??= []).Add(source.File);
        source.GoneSince ??= clock.SteadyNow();
    }

    /// <summary>What belongs to a source that is known was not there unseen.</summary>
    private void ContinueGone(FollowedPath path)
    {
        foreach (FollowedSource gone in path.Sources.Where(s => s.IsGone).ToArray())
            TryContinueElsewhere(gone);
    }
}
