namespace Tailer.Buck;

/// <summary>One counter as it is saved; the query in canonical text.</summary>
internal sealed record SavedCounter(string Name, string Query, IReadOnlyList<string> Labels, long Uncertain, IReadOnlyList<SavedSeries> Series);
