using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>One record of a bucket file, without its body.</summary>
/// <param name="Position">Byte offset of the record in the file.</param>
/// <param name="BodyBytes">Length of its body: a frame or a manifest.</param>
/// <param name="Type">1 packet, 2 manifest (docs/formats/frame.md).</param>
/// <param name="Flags">Those of the record.</param>
/// <param name="Header">A frame's header (its first H bytes), so that merging needs no bodies; empty for manifests. Points into the message.</param>
public readonly record struct RecordListing(long Position, int BodyBytes, byte Type, byte Flags, PacketId Id, ReadOnlyMemory<byte> Header)
{
    /// <summary>Bytes in a RECORD_LIST beside the header's own.</summary>
    public const int OverheadBytesMax = 8 + 4 + 1 + 1 + 16 + 5;

    internal void WriteTo(ByteWriter writer)
    {
        writer.U64((ulong)Position);
        writer.U32((uint)BodyBytes);
        writer.U8(Type);
        writer.U8(Flags);
        writer.Id(Id);
        writer.LengthPrefixed(Header.Span);
    }

    internal static RecordListing Read(ref SpanReader reader, ReadOnlyMemory<byte> body)
    {
        long position = (long)reader.U64();
        uint bodyBytes = reader.U32();
        byte type = reader.U8();
        byte flags = reader.U8();
        PacketId id = reader.PacketId();
        int headerBytes = reader.LengthPrefixed(WireLimits.FrameBytesMax).Length;
        return new RecordListing(position, (int)Math.Min(bodyBytes, int.MaxValue), type, flags, id, body.Slice(reader.Position - headerBytes, headerBytes));
    }
}
