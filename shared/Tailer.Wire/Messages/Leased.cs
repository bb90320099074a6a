using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>LEASED: the answer to LEASE: who holds it now, and for how long.</summary>
public sealed record Leased(bool Granted, string Holder, TimeSpan Remaining) : IWireMessage<Leased>
{
    public static MessageType Type => MessageType.Leased;

    public void WriteHead(ByteWriter writer)
    {
        writer.U8(Granted ? (byte)1 : (byte)0);
        writer.Text(WireText.Within(Holder, WireLimits.NameBytesMax, nameof(Holder)));
        writer.U32(WireText.Milliseconds(Remaining));
    }

    public static Leased? Read(ReadOnlyMemory<byte> body)
    {
        var reader = new SpanReader(body.Span);
        var leased = new Leased((reader.U8() & 1) != 0, reader.Text(WireLimits.NameBytesMax), TimeSpan.FromMilliseconds(reader.U32()));
        return reader.Failed ? null : leased;
    }
}
