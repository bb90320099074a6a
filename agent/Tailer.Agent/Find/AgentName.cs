namespace Tailer.Agent;

/// <summary>Who sends: the credential's name, and the host its lines come from.</summary>
internal sealed record AgentName(string Name, string Host)
{
    /// <summary>Which hosts its lines may claim: the credential says.</summary>
    public Func<string, bool> MayClaim { get; init; } = _ => true;
}
