using Tailer.Blocks;

namespace Tailer.Porter;

/// <summary>A packet or manifest that bucks hold, and where its copies are.</summary>
internal sealed class HeldRecord(PacketId id, ulong bucket)
{
    public PacketId Id => id;

    /// <summary>Start of the bucket in whose files it is.</summary>
    public ulong Bucket => bucket;

    /// <summary>A packet's header; null for manifests, and for a packet whose header no buck could show.</summary>
    public FrameHeader? Header { get; set; }

    public List<RecordCopy> Copies { get; } = [];

    /// <summary>The order in which packets are merged into segments: of one bucket as their agents sealed them.</summary>
    public static int Compare(HeldRecord x, HeldRecord y)
    {
        int order = x.Bucket.CompareTo(y.Bucket);
        if (order == 0)
            order = (x.Header?.SealedTime ?? 0).CompareTo(y.Header?.SealedTime ?? 0);
        return order != 0 ? order : x.Id.CompareTo(y.Id);
    }
}
