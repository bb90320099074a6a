using System.Buffers.Binary;

namespace Tailer.Blocks;

/// <summary>The 32 bytes before each body in a bucket file. Byte table: docs/formats/frame.md; keep both in step.</summary>
public readonly record struct RecordHeader(RecordType Type, PacketId Id, int BodyBytes, bool Healed = false)
{
    public const int Bytes = 32;

    /// <summary>"TLR1" read as a little-endian number.</summary>
    public const uint Magic = 0x31524C54;

    public const int BodyBytesMax = Limits.FrameBytesMax;

    public int RecordBytes => Bytes + BodyBytes;

    public void WriteTo(Span<byte> to)
    {
        to[..Bytes].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(to, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(to[4..], BodyBytes);
        to[8] = (byte)Type;
        to[9] = Healed ? (byte)1 : (byte)0;
        Id.WriteTo(to.Slice(12, 16));
        BinaryPrimitives.WriteUInt32LittleEndian(to[28..], Crc32C.Compute(to[..28]));
    }

    /// <summary>False when the bytes are no record header, or one over the limits.</summary>
    public static bool TryRead(ReadOnlySpan<byte> from, out RecordHeader header)
    {
        header = default;
        if (from.Length < Bytes
            || BinaryPrimitives.ReadUInt32LittleEndian(from) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(from[28..]) != Crc32C.Compute(from[..28]))
            return false;
        uint bodyBytes = BinaryPrimitives.ReadUInt32LittleEndian(from[4..]);
        if (bodyBytes > BodyBytesMax)
            return false;
        header = new RecordHeader((RecordType)from[8], PacketId.Read(from.Slice(12, 16)), (int)bodyBytes, (from[9] & 1) != 0);
        return true;
    }
}
