namespace Tailer.Stores;

/// <summary>What a search looked at so far. Complete when the search has ended; written by one thread.</summary>
public sealed class SearchStatistics
{
    /// <summary>More would say nothing new.</summary>
    private const int ProblemsMax = 20;

    private readonly List<string> problems = [];

    public int SegmentsSkipped { get; internal set; }

    /// <summary>Blocks that filters ruled out, so that they were not read.</summary>
    public int BlocksSkipped { get; internal set; }

    public int BlocksRead { get; internal set; }

    /// <summary>Events and raw bytes of the blocks that were read.</summary>
    public long EventsScanned { get; internal set; }

    public long RawBytesScanned { get; internal set; }

    /// <summary>There is more than was asked for.</summary>
    public bool Truncated { get; internal set; }

    /// <summary>What could not be read, for people: the answer lacks what was there.</summary>
    public IReadOnlyList<string> Problems => problems;

    public bool Complete => problems.Count == 0;

    internal void AddProblem(string problem)
    {
        if (problems.Count < ProblemsMax)
            problems.Add(problem);
    }
}
