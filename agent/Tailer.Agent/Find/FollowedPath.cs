using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>A path that a glob matched, and the latest of the sources that were there.</summary>
internal sealed class FollowedPath(string path, FileSet set, LineParser parser, AgentName agent)
{
    public string Path { get; } = path;

    public string Directory { get; } = System.IO.Path.GetDirectoryName(path)!;

    public string Name { get; } = System.IO.Path.GetFileName(path);

    /// <summary>Where the file is: the path itself, or what it was a link to when its last source was found.</summary>
    public string RealPath { get; set; } = path;

    public FileSet Set => set;

    public LineParser Parser => parser;

    public AgentName Agent => agent;

    /// <summary>Application of lines that name none.</summary>
    public string App { get; } = set.App ?? AppOf(path);

    /// <summary>Bytes of path, application and tags in a descriptor, at most.</summary>
    public int DescriptorBytesMax { get; } = 3 * path.Length + 3 * Limits.NameBytesMax + set.Tags.Sum(tag => 4 + 3 * (tag.Key.Length + tag.Value.Length));

    public FollowedSource? Last { get; set; }

    /// <summary>
    /// Files beside the path that look like its rotations, are not older than its first source, and yet were there before it was
    /// followed, or are copies of a source made as it was truncated. Usually empty.
    /// </summary>
    public HashSet<FileIdentity> Ignored { get; } = [];

    /// <summary>The directory list in which rotated files were looked for last, to look again only when it changed.</summary>
    public IReadOnlyList<DirectoryEntry>? Searched { get; set; }

    /// <summary>Number of the scan that looked at the path last.</summary>
    public long Round { get; set; }

    private static string AppOf(string path)
    {
        string name = System.IO.Path.GetFileName(path);
        int dot = name.IndexOf('.', 1);
        return dot < 0 ? name : name[..dot];
    }
}
