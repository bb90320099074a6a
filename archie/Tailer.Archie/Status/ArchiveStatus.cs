namespace Tailer.Archie;

/// <summary>What the archive holds.</summary>
internal sealed record ArchiveStatus(int Segments, long Bytes, string? From, string? To, string? Error = null);
