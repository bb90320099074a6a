namespace Tailer.Archie;

/// <summary>One agent, merged over the bucks.</summary>
internal sealed record AgentStatus(
    string Name, string? Host, string State, DateTimeOffset? LastSeen, double? LagSeconds, IReadOnlyList<string> Bucks, string? Version, long? Sources, long? SpoolBytes);
