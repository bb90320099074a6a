using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>
/// Finds the paths that globs match. <c>**</c> does not go through links to directories (they may form circles); names written
/// out or matched by a pattern do.
/// </summary>
internal sealed class GlobWalker(DirectoryLists lists)
{
    /// <summary>Deeper than any path the system takes.</summary>
    private const int DepthMax = PathText.PathBytesMax / 2;

    private readonly HashSet<string> directories = new(StringComparer.Ordinal);

    /// <summary>Directories looked into since <see cref="Begin"/>: a change in one of them may change the result.</summary>
    public IReadOnlySet<string> Directories => directories;

    public void Begin() => directories.Clear();

    /// <summary>Calls <paramref name="found"/> for every path that may be a file and matches; a path may come more than once.</summary>
    public void Walk(PathGlob glob, Action<string> found) => Walk(glob, 0, "/", 0, found);

    private void Walk(PathGlob glob, int at, string directory, int depth, Action<string> found)
    {
        if (depth > DepthMax)
            return;
        bool last = at == glob.Names.Count - 1;
        if (glob.Names[at] is { IsLiteral: true } literal)
        {
            string path = Path.Join(directory, literal.Text);
            if (!last)
            {
                Walk(glob, at + 1, path, depth + 1, found);
                return;
            }
            directories.Add(directory);
            found(path);
            return;
        }
        directories.Add(directory);
        IReadOnlyList<DirectoryEntry> entries = lists.List(directory).Entries;
        if (glob.Names[at] is { } pattern)
        {
            foreach (DirectoryEntry entry in entries)
            {
                if (!IsPossible(entry.Kind, last) || !pattern.Matches(entry.Name))
                    continue;
                if (last)
                    found(entry.Path);
                else
                    Walk(glob, at + 1, entry.Path, depth + 1, found);
            }
            return;
        }
        Walk(glob, at + 1, directory, depth, found);
        foreach (DirectoryEntry entry in entries)
        {
            if (entry.Name.StartsWith('.'))
                continue;
            if (entry.Kind == DirectoryEntryKind.Directory || (entry.Kind == DirectoryEntryKind.Unknown && lists.Tree.Look(entry.Path, out FileStatus status) == FilePresence.There && status.IsDirectory))
                Walk(glob, at, entry.Path, depth + 1, found);
        }
    }

    private static bool IsPossible(DirectoryEntryKind kind, bool file) =>
        kind is DirectoryEntryKind.Unknown or DirectoryEntryKind.Link || kind == (file ? DirectoryEntryKind.File : DirectoryEntryKind.Directory);
}
