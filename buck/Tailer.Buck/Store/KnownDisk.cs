namespace Tailer.Buck;

/// <summary>A disk that this buck has had: an item of <c>disks.json</c>.</summary>
internal sealed record KnownDisk(string Id, int Number, string Path);
