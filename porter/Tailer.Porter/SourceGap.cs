namespace Tailer.Porter;

/// <summary>A range of a source that a sealed span should have and nobody has, as the status file shows it.</summary>
internal sealed record SourceGap(string Agent, string Host, string Path, string Source, ulong From, ulong To, string Why);
