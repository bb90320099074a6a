using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>A record of which a buck has only a damaged copy.</summary>
public readonly record struct DamagedRecord(BucketFileName File, PacketId Id)
{
    internal const int Bytes = BucketFileName.Bytes + PacketId.Bytes;
}
