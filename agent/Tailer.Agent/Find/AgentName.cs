namespace Tailer.Agent;

/// <summary>Who sends: the credential's name, and the host its lines come from.</summary>
internal sealed record AgentName(string Name, string Host);
