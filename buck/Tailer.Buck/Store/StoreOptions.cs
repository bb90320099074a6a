using Tailer.Blocks;

namespace Tailer.Buck;

internal sealed record StoreOptions
{
    /// <summary>How far ahead of this clock a bucket may start, in <see cref="LogTime"/> units.</summary>
    public ulong FutureMax { get; init; } = LogTime.PerHour;
}
