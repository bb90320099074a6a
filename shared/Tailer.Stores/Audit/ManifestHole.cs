namespace Tailer.Stores;

/// <summary>A stretch of time, end exclusive, that no manifest of an agent covers although an earlier and a later one exist.</summary>
public readonly record struct ManifestHole(ulong From, ulong To);
