using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>PONG: the answer to PING.</summary>
internal sealed record Pong(ulong Value) : IWireMessage<Pong>
{
    public static MessageType Type => MessageType.Pong;

    public void WriteHead(ByteWriter writer) => writer.U64(Value);

    public static Pong? Read(ReadOnlyMemory<byte> body)
    {
        var reader = new SpanReader(body.Span);
        var message = new Pong(reader.U64());
        return reader.Failed ? null : message;
    }
}
