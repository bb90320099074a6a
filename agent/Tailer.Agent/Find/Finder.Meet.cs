using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>Files seen under a name: looked for there, or held open since they were there.</summary>
internal sealed partial class Finder
{
    /// <summary>Rotation renames a file a few times in a row at most.</summary>
    private const int HoldTries = 3;

    /// <summary>Asked to hold a new source's file open from now on; false when it is no longer where it was seen.</summary>
    public Func<FollowedSource, bool> Hold { get; init; } = _ => true;

    /// <summary>
    /// A file was under this name a moment ago, and somebody holds it open: it counts as seen there, wherever it is by now. Returns its
    /// source; null when it is not to be followed.
    /// </summary>
    public FollowedSource? Meet(string place, in FileStatus status)
    {
        if (book.Find(status.Identity) is { } known)
            return known;
        NoteClock(Now());
        if (status.IsFile && (paths.GetValueOrDefault(place)?.Set ?? sets.FirstOrDefault(s => s.Follows(place))) is { } set)
            Look(place, set, FilePresence.There, status, heldSinceNs: status.StartedNs);
        return book.Find(status.Identity);
    }

    private void Look(string path, FileSet set)
    {
        FilePresence presence = tree.Look(path, out FileStatus status);
        Look(path, set, presence, status);
    }

    /// <summary>By the time its turn to be read comes a new file may have been renamed, and where few rotated ones are kept, deleted.</summary>
    private void HoldWhereItIs(FollowedSource source)
    {
        for (int i = 0; i < HoldTries && !Hold(source) && source.GoneSince is null; i++)
            Locate(source);
    }
}
