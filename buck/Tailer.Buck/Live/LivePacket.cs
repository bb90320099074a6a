using Tailer.Blocks;

namespace Tailer.Buck;

/// <summary>A stored packet on its way to viewers and counters. Owns a rented copy of the frame until <see cref="Dispose"/>.</summary>
internal sealed class LivePacket : IDisposable
{
    private byte[] rented;

    public LivePacket(PacketId id, FrameHeader header, ReadOnlySpan<byte> frame)
    {
        Id = id;
        Header = header;
        rented = BufferPool.Rent(frame.Length);
        frame.CopyTo(rented);
    }

    public PacketId Id { get; }

    public FrameHeader Header { get; }

    /// <summary>It is shown to viewers.</summary>
    public bool Shown { get; set; }

    /// <summary>It was sealed long ago: of an agent's backlog.</summary>
    public bool IsLate { get; set; }

    /// <summary>What counters do with it; null for nothing.</summary>
    public (bool Counts, bool IsUncertain)? Counted { get; set; }

    public ReadOnlySpan<byte> Frame => rented.AsSpan(0, Header.FrameBytes);

    /// <summary>Place in the order in which packets were offered.</summary>
    public long Number { get; set; }

    public void Dispose()
    {
        BufferPool.Return(rented);
        rented = [];
    }
}
