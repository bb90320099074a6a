namespace Tailer.Agent;

/// <summary>How the agent is at one moment; what <c>--status</c> shows.</summary>
internal sealed record AgentStatus
{
    public required string Version { get; init; }
    public required string Agent { get; init; }
    public required string Host { get; init; }
    public required int ProcessId { get; init; }
    public required DateTimeOffset Now { get; init; }
    public required DateTimeOffset Started { get; init; }
    public required ReadingReport Reading { get; init; }

    /// <summary>How long the oldest record that not enough bucks have has waited.</summary>
    public required TimeSpan OldestUnsent { get; init; }
    public required long SpoolBytes { get; init; }

    /// <summary>Records that wait because bucks refuse them as sealed ahead of their clocks.</summary>
    public required long RefusedAhead { get; init; }
    public required IReadOnlyList<BuckState> Bucks { get; init; }
    public required IReadOnlyList<AgentCounter> Counters { get; init; }

    /// <summary>How long it has been behind in some file.</summary>
    public TimeSpan Behind => Reading.Since is { } since ? Now - since : TimeSpan.Zero;

    /// <summary>What somebody should do something about; empty: all is well.</summary>
    public IReadOnlyList<string> Troubles { get; init; } = [];

    /// <summary>One line, for a service manager.</summary>
    public string Line =>
        $"{Quantity.Count(Reading.Files, "file")}, {Quantity.Bytes(Reading.BytesBehind)} behind, {Bucks.Count(b => b.IsHealthy)} of {Quantity.Count(Bucks.Count, "buck")}, "
        + $"{Quantity.Bytes(SpoolBytes)} not delivered{string.Concat(Troubles.Select(t => "; " + t))}";
}
