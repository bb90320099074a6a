namespace Tailer.Archie;

/// <summary>How far the porter is, as seen in what it writes.</summary>
internal sealed record PorterStatus(string? Watermark, double? LagSeconds, string? ArchivedUntil);
