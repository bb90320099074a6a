using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>ACK: the packet or manifest is stored. For GOODBYE the id is zero.</summary>
/// <param name="HadIt">It was here already; nothing was written.</param>
public sealed record Ack(PacketId Id, bool HadIt = false) : IWireMessage<Ack>
{
    public static MessageType Type => MessageType.Ack;

    public void WriteHead(ByteWriter writer)
    {
        writer.Id(Id);
        writer.U8(HadIt ? (byte)1 : (byte)0);
    }

    public static Ack? Read(ReadOnlyMemory<byte> body)
    {
        var reader = new SpanReader(body.Span);
        var ack = new Ack(reader.PacketId(), (reader.U8() & 1) != 0);
        return reader.Failed ? null : ack;
    }
}
