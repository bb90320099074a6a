using Tailer.Blocks;

namespace Tailer.Buck;

internal sealed record StoreOptions
{
    /// <summary>Where the bucket files are, below their days.</summary>
    public required string Directory { get; init; }

    /// <summary>Bytes of the disk that stay free: packets are refused before.</summary>
    public long ReserveBytes { get; init; }

    /// <summary>How far ahead of this clock a bucket may start, in <see cref="LogTime"/> units.</summary>
    public ulong FutureMax { get; init; } = LogTime.PerHour;
}
