namespace Tailer.Agent;

/// <summary>One number of the agent under the name that every place shows it with.</summary>
/// <param name="Name">As in heartbeats; <c>tailer_agent_NAME</c> in metrics, with <c>_total</c> where it only grows.</param>
/// <param name="Reason">Of numbers that are kept by reason, which; else null.</param>
internal sealed record AgentCounter(string Name, string? Reason, string Help, Func<long> Read)
{
    public long Value => Read();
}
