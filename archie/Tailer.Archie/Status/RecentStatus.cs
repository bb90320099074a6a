namespace Tailer.Archie;

/// <summary>What the recent index holds.</summary>
internal sealed record RecentStatus(int Segments, long Bytes, long Events, string? From, string? To, string? Error = null);
