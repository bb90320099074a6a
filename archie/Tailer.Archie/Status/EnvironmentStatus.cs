namespace Tailer.Archie;

/// <summary>One environment on the status page. docs/formats/http.md, section 3.7.</summary>
internal sealed record EnvironmentStatus(
    string Name, IReadOnlyList<BuckStatus> Bucks, IReadOnlyList<AgentStatus> Agents, PorterStatus Porter, RecentStatus Recent, ArchiveStatus Archive, IReadOnlyList<GapStatus> Gaps);
