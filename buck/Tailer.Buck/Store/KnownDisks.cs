namespace Tailer.Buck;

/// <summary>The content of <c>disks.json</c>: docs/formats/disks.md.</summary>
internal sealed record KnownDisks(int Version, IReadOnlyList<KnownDisk> Disks)
{
    public const int CurrentVersion = 1;
}
