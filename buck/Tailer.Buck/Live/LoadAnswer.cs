namespace Tailer.Buck;

/// <summary>Answer of the hub's Load: events as raw JSON objects, and the ids this buck could not load.</summary>
internal sealed record LoadAnswer(IReadOnlyList<HubBatch> Events, IReadOnlyList<string> Missing);
