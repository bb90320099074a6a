namespace Tailer.Buck;

/// <summary>The count of one set of label values.</summary>
internal sealed record SavedSeries(IReadOnlyList<string> Values, long Count);
