using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>A path that a glob matched, and the latest of the sources that were there.</summary>
internal sealed class FollowedPath(string path, FileSet set, LineParser parser, AgentName agent)
{
    /// <summary>Rotations keep files for a while, but hardly more than these at a time are packed or copied.</summary>
    public const int EndedMax = 32;

    /// <summary>Before any stamp.</summary>
    public const ulong SinceUnknown = 1;

    public string Path { get; } = path;

    public string Directory { get; } = System.IO.Path.GetDirectoryName(path)!;

    public string Name { get; } = System.IO.Path.GetFileName(path);

    /// <summary>Where the file is: the path itself, or what it was a link to when its last source was found.</summary>
    public string RealPath { get; set; } = path;

    /// <summary>
    /// What was last written before this, by the clock that stamps files, is older than what the agent was to follow under this path, whatever it
    /// was packed or copied into since. <see cref="SinceUnknown"/> where the clock was set since: then no stamp says that of any file.
    /// </summary>
    public ulong SinceNs { get; set; }

    public FileSet Set => set;

    public LineParser Parser => parser;

    public AgentName Agent => agent;

    /// <summary>Application of lines that name none.</summary>
    public string App { get; } = set.App ?? AppOf(path);

    /// <summary>Bytes of path, application and tags in a descriptor, at most.</summary>
    public int DescriptorBytesMax { get; } = 3 * path.Length + 3 * Limits.NameBytesMax + set.Tags.Sum(tag => 4 + 3 * (tag.Key.Length + tag.Value.Length));

    public FollowedSource? Last { get; set; }

    /// <summary>All of its sources that are known still.</summary>
    public List<FollowedSource> Sources { get; } = [];

    /// <summary>
    /// Files beside the path that look like its rotations and are none to be read: they were there before it was followed, or have
    /// the bytes of a source that is known.
    /// </summary>
    public HashSet<FileIdentity> Dismissed { get; } = [];

    /// <summary>
    /// Those of <see cref="Dismissed"/> that have the bytes of a source which is still followed. The state keeps them only when all that is
    /// there was read and is in the spool: else they are compared again after a kill, and may be all that is left.
    /// </summary>
    public HashSet<FileIdentity> Copies { get; } = [];

    /// <summary>Archives that could not be told yet when the last source was found, and may come before it.</summary>
    public HashSet<FileIdentity> Waiting { get; } = [];

    /// <summary>The latest of its sources that have ended, the oldest first.</summary>
    public List<EndedSource> Ended { get; } = [];

    /// <summary>The directory list in which rotated files were looked for last, to look again only when it changed.</summary>
    public DirectoryList? Searched { get; set; }

    /// <summary>Nobody could look at it, or beside it, the last time.</summary>
    public bool IsHidden { get; set; }

    /// <summary>Number of the scan that looked at the path last.</summary>
    public long Round { get; set; }

    /// <summary>Where its rotations are: beside it, or beside the file that it is a link to.</summary>
    public (string Directory, string Name) SearchPlace() =>
        ReferenceEquals(RealPath, Path) ? (Directory, Name) : (System.IO.Path.GetDirectoryName(RealPath)!, System.IO.Path.GetFileName(RealPath));

    /// <summary>The latest source and those before it, as far as each of them is known still.</summary>
    public IEnumerable<FollowedSource> Back()
    {
        // What is left of several lost states may name each other.
        FollowedSource? source = Last;
        for (int i = Sources.Count; i > 0 && source is not null; i--)
        {
            yield return source;
            source = Sources.Find(s => s.Id == source.Predecessor);
        }
    }

    public void Remember(EndedSource ended)
    {
        if (Ended.Count == EndedMax)
            Ended.RemoveAt(0);
        Ended.Add(ended);
    }

    private static string AppOf(string path)
    {
        string name = System.IO.Path.GetFileName(path);
        int dot = name.IndexOf('.', 1);
        return dot < 0 ? name : name[..dot];
    }
}
