namespace Tailer.Buck;

/// <summary>One agent as this buck knows it.</summary>
internal sealed record AgentStatus(
    string Name, bool Connected, string LastSeen, double? SkewSeconds, string? CredentialExpires, bool Goodbye, bool Retired, IReadOnlyDictionary<string, string> Values);
