using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>One record with its body; <paramref name="Body"/> is empty unless the status is Ok, and points into the message.</summary>
public readonly record struct RecordContent(
    RecordStatus Status, long Position, byte Type, byte Flags, PacketId Id, ReadOnlyMemory<byte> Body)
{
    /// <summary>Bytes in a RECORDS beside the body's own.</summary>
    public const int OverheadBytesMax = 1 + 8 + 1 + 1 + 16 + 5;

    internal void WriteTo(ByteWriter writer)
    {
        writer.U8((byte)Status);
        writer.U64((ulong)Position);
        writer.U8(Type);
        writer.U8(Flags);
        writer.Id(Id);
        writer.LengthPrefixed(Body.Span);
    }

    internal static RecordContent Read(ref SpanReader reader, ReadOnlyMemory<byte> body)
    {
        var status = (RecordStatus)reader.U8();
        long position = (long)reader.U64();
        byte type = reader.U8();
        byte flags = reader.U8();
        PacketId id = reader.PacketId();
        int bodyBytes = reader.LengthPrefixed(WireLimits.FrameBytesMax).Length;
        return new RecordContent(status, position, type, flags, id, body.Slice(reader.Position - bodyBytes, bodyBytes));
    }
}
