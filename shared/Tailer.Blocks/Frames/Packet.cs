using Tailer.Blocks.Native;

namespace Tailer.Blocks;

/// <summary>A whole, checked frame and its id. Immutable; the bytes are its own.</summary>
public sealed class Packet
{
    private Packet(PacketId id, FrameHeader header, ReadOnlyMemory<byte> frame)
    {
        Id = id;
        Header = header;
        Frame = frame;
    }

    public PacketId Id { get; }

    public FrameHeader Header { get; }

    public ReadOnlyMemory<byte> Frame { get; }

    public ReadOnlySpan<byte> Payload => Header.Payload(Frame.Span);

    /// <summary>BLAKE2b-128 over all bytes of a frame or a manifest.</summary>
    public static PacketId IdOf(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[PacketId.Bytes];
        Sodium.Blake2b(hash, bytes);
        return PacketId.Read(hash);
    }

    /// <summary>The same of several, which together take less time; the spans are of the same length.</summary>
    public static void IdsOf(ReadOnlySpan<ReadOnlyMemory<byte>> several, Span<PacketId> ids)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(ids.Length, several.Length);
        if (several.Length > 1 && Blake2bLanes.IsSupported)
        {
            Blake2bLanes.Hash(several, ids);
            return;
        }
        for (int i = 0; i < several.Length; i++)
            ids[i] = IdOf(several[i].Span);
    }

    /// <summary>Reads and checks a frame; null with the reason when it is none. The memory must not change afterwards.</summary>
    public static Packet? TryRead(ReadOnlyMemory<byte> frame, out FrameError error)
    {
        error = FrameHeader.TryReadFrame(frame.Span, out FrameHeader? header);
        return error == FrameError.None ? new Packet(IdOf(frame.Span), header!, frame) : null;
    }

    /// <summary>Decodes the block; the indexes of its events point into <see cref="FrameHeader.Sources"/>.</summary>
    public BlockError TryDecode(DecodedBlock into) => into.TryDecode(Payload, Header.Sources.Count);
}
