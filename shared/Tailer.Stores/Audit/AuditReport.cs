namespace Tailer.Stores;

/// <summary>The answer of an audit, ordered by host and path.</summary>
public sealed record AuditReport(IReadOnlyList<AgentAudit> Agents, IReadOnlyList<FileAudit> Files)
{
    /// <summary>Every byte claimed is held, every agent spoke until now or said goodbye, and no manifest is missing.</summary>
    public bool Complete => Files.All(file => file.Gaps.Count == 0) && Agents.All(agent => agent.State != AgentState.Silent && agent.Holes.Count == 0);
}
