namespace Tailer.Archie;

/// <summary>Bytes of a source that are known to be missing, end exclusive.</summary>
internal sealed record GapStatus(string Agent, string? Host, string? Path, string Source, ulong From, ulong To, string Why);
