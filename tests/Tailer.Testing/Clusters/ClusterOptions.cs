namespace Tailer.Testing;

/// <summary>What a <see cref="Cluster"/> is like; times as in configuration files.</summary>
public sealed record ClusterOptions
{
    /// <summary>Globs the agent follows.</summary>
    public required IReadOnlyList<string> Paths { get; init; }
    public string Host { get; init; } = "test-host";
    public int Bucks { get; init; } = 3;
    public string BucketTime { get; init; } = "2s";
    public string Span { get; init; } = "10s";
    public string ArchiveAfter { get; init; } = "10s";
    public string ArchiveMaxDelay { get; init; } = "10m";
    public string PruneGrace { get; init; } = "5s";
    public string PorterPoll { get; init; } = "500ms";
    public string HistoryExpire { get; init; } = "10m";

    /// <summary>What is written as a buck's address into the agent's configuration; null: the buck's own.</summary>
    public Func<int, string>? AgentsViewOfBuck { get; init; }

    /// <summary>The agent's sources as they stand in its configuration, indented by two; null: one of <see cref="Paths"/>.</summary>
    public string? AgentSources { get; init; }

    /// <summary>Credential file of the agent; null: one of this environment.</summary>
    public string? AgentCredential { get; init; }

    /// <summary>Path of the agent's executable; null: as it was built.</summary>
    public string? AgentExecutable { get; init; }

    /// <summary>Directory of the agent's state; null: in the cluster's own.</summary>
    public string? AgentState { get; init; }

    /// <summary>Directory of a buck's data; null, also as an answer: in the cluster's own.</summary>
    public Func<int, string?>? BuckData { get; init; }

    /// <summary>Free space below which bucks refuse.</summary>
    public string DiskReserve { get; init; } = "16MiB";

    /// <summary>Further lines of every buck's configuration, at its top level.</summary>
    public string BuckSettings { get; init; } = "";

    /// <summary>Further lines of one buck's; null: none.</summary>
    public Func<int, string>? BuckSettingsOf { get; init; }

    /// <summary>Further lines of the agent's configuration, at its top level.</summary>
    public string AgentSettings { get; init; } = "";
}
