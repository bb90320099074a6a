using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>NACK: the packet was not stored here.</summary>
/// <param name="RetryAfter">Not before then at this buck; zero: no advice.</param>
/// <param name="Text">For people; may be empty.</param>
public sealed record Nack(PacketId Id, NackReason Reason, TimeSpan RetryAfter, string Text) : IWireMessage<Nack>
{
    public static MessageType Type => MessageType.Nack;

    public void WriteHead(ByteWriter writer)
    {
        writer.Id(Id);
        writer.U8((byte)Reason);
        writer.U32(WireText.Milliseconds(RetryAfter));
        writer.Text(WireText.Cut(Text, WireLimits.TextBytesMax));
    }

    public static Nack? Read(ReadOnlyMemory<byte> body)
    {
        var reader = new SpanReader(body.Span);
        var nack = new Nack(
            reader.PacketId(), (NackReason)reader.U8(), TimeSpan.FromMilliseconds(reader.U32()), reader.Text(WireLimits.TextBytesMax));
        return reader.Failed ? null : nack;
    }
}
