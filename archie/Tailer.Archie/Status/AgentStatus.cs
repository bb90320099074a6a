namespace Tailer.Archie;

/// <summary>One agent, merged over the bucks.</summary>
internal sealed record AgentStatus(
    string Name, string? Host, string State, DateTimeOffset? LastSeen, double? LagSeconds, IReadOnlyList<string> Bucks, string? Version, long? Sources, long? SpoolBytes)
{
    /// <summary>Bytes in its files that it has not read.</summary>
    public long? LagBytes { get; init; }

    /// <summary>Its clock minus a buck's, the way of the message included.</summary>
    public double? SkewSeconds { get; init; }

    /// <summary>When it will be turned away, unless it gets a new credential.</summary>
    public DateTimeOffset? CredentialExpires { get; init; }

    /// <summary>Of the files with such bytes, the worst, as far as its heartbeat names them.</summary>
    public IReadOnlyList<AgentFileLag>? Behind { get; init; }
}
