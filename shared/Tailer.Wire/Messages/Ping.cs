using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>PING: answered by PONG with the same value, by the channel itself.</summary>
internal sealed record Ping(ulong Value) : IWireMessage<Ping>
{
    public static MessageType Type => MessageType.Ping;

    public void WriteHead(ByteWriter writer) => writer.U64(Value);

    public static Ping? Read(ReadOnlyMemory<byte> body)
    {
        var reader = new SpanReader(body.Span);
        var message = new Ping(reader.U64());
        return reader.Failed ? null : message;
    }
}
