using Tailer.Blocks;

namespace Tailer.Buck;

/// <summary>What becomes of a packet besides being stored, while it is: whether it is shown and counted. Not thread-safe.</summary>
internal sealed class LiveOffer(LiveFeed feed, BucketKey bucket, PacketId id, FrameHeader header, ReadOnlyMemory<byte> frame, bool show, Counting counting) : IDisposable
{
    private LivePacket? copied;

    public BucketKey Bucket => bucket;

    public PacketId Id => id;

    public FrameHeader Header => header;

    /// <summary>It is news to viewers, once it is stored.</summary>
    public bool Show => show;

    public Counting Counting => counting;

    /// <summary>See <see cref="NewRecord.Hangs"/>.</summary>
    public Action<string>? Hangs { get; init; }

    /// <summary>What counters do with it; null for nothing.</summary>
    public (bool Counts, bool IsUncertain)? Counted { get; set; }

    /// <summary>Where it is to be noted before it is acknowledged, when it is counted.</summary>
    public JournalFile? Journal { get; set; }

    /// <summary>Tells the feed; as it is stored.</summary>
    public void Stored() => feed.Offer(this, isRepeat: false);

    /// <summary>Before it is stored, because a frame is too long to be copied while others wait.</summary>
    public void CopyFrame() => copied = new LivePacket(id, header, frame.Span);

    /// <summary>The copy; made now where nobody seemed to want one. The caller disposes it.</summary>
    public LivePacket TakePacket()
    {
        LivePacket taken = copied ?? new LivePacket(id, header, frame.Span);
        copied = null;
        taken.Counted = Counted;
        return taken;
    }

    public void Dispose()
    {
        copied?.Dispose();
        Journal?.Leave();
        Journal = null;
    }
}
