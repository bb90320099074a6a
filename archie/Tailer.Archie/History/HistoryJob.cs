namespace Tailer.Archie;

/// <summary>One history request: what was asked for and how far it is. Immutable; <see cref="HistoryJobs"/> holds the newest.</summary>
internal sealed record HistoryJob
{
    /// <summary>16 lower-case hex digits; also the name of its folder.</summary>
    public required string Id { get; init; }
    public required string Environment { get; init; }

    /// <summary>By event time, 10^-8 s since 1970, end exclusive.</summary>
    public required ulong Start { get; init; }
    public required ulong End { get; init; }

    /// <summary>AND-ed into every search of it; empty matches all.</summary>
    public required string Query { get; init; }
    public required HistoryState State { get; init; }
    public required HistoryEstimate Estimate { get; init; }
    public HistoryProgress? Progress { get; init; }
    public required ulong Created { get; init; }
    public required ulong Expires { get; init; }

    /// <summary>With <see cref="HistoryState.Failed"/>: what happened and what to do.</summary>
    public string? Error { get; init; }

    /// <summary>With <see cref="HistoryState.Ready"/>: every place that should have given a part did.</summary>
    public bool Complete { get; init; }
    public IReadOnlyList<AnswerSource> Sources { get; init; } = [];
}
