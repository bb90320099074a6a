namespace Tailer.Stores;

/// <summary>Events of one source by offset; <paramref name="Index"/> is the place of the one asked for.</summary>
public sealed record ContextResult(IReadOnlyList<FoundEvent> Events, int Index);
