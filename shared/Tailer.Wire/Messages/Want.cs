using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>
/// WANT: packets that a porter misses. A buck passes it on to the agent if that is connected, and answers WANT_PASSED; the
/// agent sends what it still has by APPEND, and answers nothing.
/// </summary>
public sealed record Want(string Agent, IReadOnlyList<PacketId> Ids) : IWireMessage<Want>
{
    public static MessageType Type => MessageType.Want;

    public void WriteHead(ByteWriter writer)
    {
        writer.Text(WireText.Within(Agent, WireLimits.NameBytesMax, nameof(Agent)));
        IdList.Write(writer, Ids);
    }

    public static Want? Read(ReadOnlyMemory<byte> body)
    {
        var reader = new SpanReader(body.Span);
        string agent = reader.Text(WireLimits.NameBytesMax);
        PacketId[] ids = IdList.Read(ref reader);
        return reader.Failed ? null : new Want(agent, ids);
    }
}
