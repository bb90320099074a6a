using System.Buffers.Binary;

namespace Tailer.Wire;

/// <summary>The ten bytes before each body (docs/formats/messages.md, keep in sync).</summary>
internal readonly record struct MessageHeader(byte Type, byte Flags, uint Correlation, uint BodyBytes)
{
    public static void Write(Span<byte> to, MessageType type, byte flags, uint correlation, int bodyBytes)
    {
        to[0] = (byte)type;
        to[1] = flags;
        BinaryPrimitives.WriteUInt32LittleEndian(to[2..], correlation);
        BinaryPrimitives.WriteUInt32LittleEndian(to[6..], (uint)bodyBytes);
    }

    public static MessageHeader Read(ReadOnlySpan<byte> from) => new(
        from[0], from[1], BinaryPrimitives.ReadUInt32LittleEndian(from[2..]), BinaryPrimitives.ReadUInt32LittleEndian(from[6..]));
}
