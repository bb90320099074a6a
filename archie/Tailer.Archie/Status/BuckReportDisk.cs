namespace Tailer.Archie;

/// <summary>One disk of a buck, as it says: docs/formats/http.md, section 4.3.</summary>
internal sealed record BuckReportDisk(string Path, int? Number, int Weight, string State, long? FreeBytes = null, long? ReserveBytes = null, string? Trouble = null);
