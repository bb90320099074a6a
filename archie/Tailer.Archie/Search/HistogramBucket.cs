namespace Tailer.Archie;

/// <summary>Matching events of one stretch of time.</summary>
internal sealed record HistogramBucket(string Start, long Count, long Errors, long Warnings);
