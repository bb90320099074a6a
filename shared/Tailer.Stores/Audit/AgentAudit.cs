namespace Tailer.Stores;

/// <summary>
/// What is known of one agent. <paramref name="HeardUntil"/> is the end of its newest manifest (or the time of its newest packet);
/// <paramref name="Holes"/> are stretches of time for which a manifest is missing, so that nobody can say what was sent.
/// </summary>
public sealed record AgentAudit(string Agent, string Host, AgentState State, ulong HeardUntil, IReadOnlyList<ManifestHole> Holes);
