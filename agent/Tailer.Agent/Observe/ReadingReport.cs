namespace Tailer.Agent;

/// <summary>What the reading thread says of itself, for other threads to read.</summary>
/// <param name="Files">Followed.</param>
/// <param name="BytesBehind">In files and not yet read.</param>
/// <param name="FilesBehind">Paths with such bytes.</param>
/// <param name="FilesFailing">Files that can at present not be opened or read.</param>
/// <param name="Worst">The paths with most bytes not read, at most <see cref="WorstMax"/>, most bytes first.</param>
internal sealed record ReadingReport(
    int Files, long BytesBehind, int FilesBehind, int FilesFailing, IReadOnlyList<FileLag> Worst)
{
    /// <summary>
    /// So many files are named wherever files are: who looks at more than twenty looks at the sum. It bounds the series of a
    /// metrics page and the length of a status.
    /// </summary>
    public const int WorstMax = 20;

    public static ReadingReport Empty { get; } = new(0, 0, 0, 0, []);

    /// <summary>Nothing is read, because the spool takes nothing.</summary>
    public bool IsBlocked { get; init; }

    /// <summary>Since when the agent has been behind in some file; null: in none.</summary>
    public DateTimeOffset? Since { get; init; }
}
