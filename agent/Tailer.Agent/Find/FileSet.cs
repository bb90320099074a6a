using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>Files to follow, and how they are read: one item of the configuration's <c>files</c>.</summary>
internal sealed class FileSet
{
    /// <summary>Not followed unless a pattern asks for the ending: rotation makes them from files already read.</summary>
    private static readonly string[] PackedEndings = [".gz", ".zst", ".xz", ".bz2", ".zip", ".lz4"];

    public required IReadOnlyList<PathGlob> Include { get; init; }
    public IReadOnlyList<PathGlob> Exclude { get; init; } = [];

    /// <summary>What counters call it: its first pattern.</summary>
    public string Name => Include.Count == 0 ? "" : Include[0].Text;

    /// <summary>Application of lines that name none; null: the file's name without its endings.</summary>
    public string? App { get; init; }

    /// <summary>How carefully its packets are delivered.</summary>
    public DeliverySettings Delivery { get; init; } = new();
    public ParseOptions Parse { get; init; } = new();

    /// <summary>What could not be read from its lines.</summary>
    public ParseCounts Unread { get; } = new();

    /// <summary>How its lines are read; null: found out from each file's first bytes.</summary>
    public SourceView? View { get; init; } = SourceView.Utf8;

    /// <summary>Which lines continue a record; null: none.</summary>
    public RecordRule? Records { get; init; }

    /// <summary>What is dropped, masked or limited before anything is spooled; null: nothing.</summary>
    public LineRules? Rules { get; init; }

    /// <summary>Go into the descriptors of its sources; sorted by key.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    /// <summary>Files that exist when the agent starts for the first time are read from their end.</summary>
    public bool FromEnd { get; init; }

    public static bool IsPacked(ReadOnlySpan<char> path)
    {
        foreach (string ending in PackedEndings)
        {
            if (path.EndsWith(ending, StringComparison.Ordinal))
                return true;
        }
        return false;
    }

    public bool Excludes(string path, PathGlob matched) =>
        (IsPacked(path) && !IsPacked(matched.Text)) || Exclude.Any(glob => glob.Matches(path));

    public bool Follows(string path) => Include.Any(glob => glob.Matches(path) && !Excludes(path, glob));
}
