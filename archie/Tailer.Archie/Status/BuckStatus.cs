namespace Tailer.Archie;

/// <summary>One buck on the status page; the numbers are absent while it is down.</summary>
internal sealed record BuckStatus(
    string Name, string Address, string Http, string State, string? Error = null, long? Packets = null, long? StoredBytes = null, int? Buckets = null, int? Agents = null,
    IReadOnlyList<BuckReportDisk>? Disks = null);
