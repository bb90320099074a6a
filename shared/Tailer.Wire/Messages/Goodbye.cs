using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>GOODBYE: nothing more will come from this host. Answered by ACK with a zero id.</summary>
/// <param name="Host">The agent's name, or the host that an operator retires.</param>
/// <param name="Retired">The host will not come back; otherwise it is a clean stop.</param>
/// <param name="Reason">For people.</param>
public sealed record Goodbye(string Host, bool Retired, string Reason) : IWireMessage<Goodbye>
{
    public static MessageType Type => MessageType.Goodbye;

    public void WriteHead(ByteWriter writer)
    {
        writer.U8(Retired ? (byte)1 : (byte)0);
        writer.Text(WireText.Within(Host, WireLimits.NameBytesMax, nameof(Host)));
        writer.Text(WireText.Cut(Reason, WireLimits.TextBytesMax));
    }

    public static Goodbye? Read(ReadOnlyMemory<byte> body)
    {
        var reader = new SpanReader(body.Span);
        bool retired = (reader.U8() & 1) != 0;
        string host = reader.Text(WireLimits.NameBytesMax);
        string reason = reader.Text(WireLimits.TextBytesMax);
        return reader.Failed ? null : new Goodbye(host, retired, reason);
    }
}
