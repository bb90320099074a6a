namespace Tailer.Reliability;

/// <summary>All trials, in the order of their table.</summary>
internal static class TrialList
{
    public static IReadOnlyList<Trial> All { get; } =
    [
        new("huge-line", "a single line of 1 GB between two short ones", HugeFileTrials.Line),
        new("huge-nuls", "a file of 1 GB of NULs", HugeFileTrials.Nuls),
    ];
}
