namespace Tailer.Archie;

/// <summary>A buck's own words: its <c>GET /status</c>, docs/formats/http.md, section 4.3.</summary>
internal sealed record BuckReport(
    string Name, string? Version, long Packets, long StoredBytes, int Buckets, IReadOnlyList<BuckReportAgent>? Agents, IReadOnlyList<BuckReportDisk>? Disks = null);
