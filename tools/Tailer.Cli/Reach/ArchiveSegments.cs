using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Cli.Reach;

/// <summary>The segments of one environment in a directory archive: footers in memory, blocks on demand.</summary>
internal sealed class ArchiveSegments(IDisk disk, string root, string environment)
{
    private readonly SortedDictionary<string, SegmentFooter> footers = new(StringComparer.Ordinal);
    private readonly List<string> troubles = [];

    /// <summary>Path and footer, in the order of spans.</summary>
    public IReadOnlyDictionary<string, SegmentFooter> Footers => footers;

    /// <summary>Files that are there but cannot be read: a line each.</summary>
    public IReadOnlyList<string> Troubles => troubles;

    /// <summary>Reads the footers of segments that came since the last time; returns their paths.</summary>
    public IReadOnlyList<string> Refresh()
    {
        var added = new List<string>();
        string top = Path.Combine(root, environment);
        foreach (string day in disk.List(top))
        {
            foreach (string slot in disk.List(Path.Combine(top, day)))
            {
                foreach (string name in disk.List(Path.Combine(top, day, slot)))
                {
                    string path = Path.Combine(top, day, slot, name);
                    if (Names.TryParseSegment(name, out _, out _, out _) && !footers.ContainsKey(path) && Open(path) is { } segment)
                    {
                        using (segment)
                            footers.Add(path, segment.Footer);
                        added.Add(path);
                    }
                }
            }
        }

        return added;
    }

    /// <summary>Null, with a trouble noted, when the file is gone or damaged.</summary>
    public SegmentReader? Open(string path)
    {
        if (disk.OpenRead(path) is not { } file)
            return null;
        SegmentReader? segment = SegmentReader.TryOpen(file, out SegmentError error);
        if (segment is null)
            Trouble($"{path}: not a whole segment: {error}");
        return segment;
    }

    public void Trouble(string text)
    {
        if (!troubles.Contains(text))
            troubles.Add(text);
    }
}
