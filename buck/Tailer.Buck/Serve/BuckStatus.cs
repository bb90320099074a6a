namespace Tailer.Buck;

/// <summary><c>GET /status</c>: docs/formats/http.md, 4.3.</summary>
internal sealed record BuckStatus(
    string Name, string Version, string Now, long Packets, long StoredBytes, int Buckets, int Viewers, IReadOnlyList<DiskStatus> Disks, IReadOnlyList<AgentStatus> Agents);
