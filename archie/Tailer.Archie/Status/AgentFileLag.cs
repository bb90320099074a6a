namespace Tailer.Archie;

/// <summary>A file in which an agent is behind: bytes it has not read, and for how many seconds there have been such.</summary>
internal sealed record AgentFileLag(string Path, long Bytes, double Seconds);
