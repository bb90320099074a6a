using Tailer.Blocks;
using Tailer.Wire;

namespace Tailer.Cli.Reach;

/// <summary>A packet as bucks list it: its header, and every place that has a copy.</summary>
internal sealed record HeldPacket(PacketId Id, FrameHeader Header)
{
    public List<(BuckConnection Buck, BucketFileName File, RecordPosition Position)> Places { get; } = [];
}
