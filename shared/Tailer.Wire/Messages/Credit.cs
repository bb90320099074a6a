using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>CREDIT: the asker has room for that many more batches of the stream with this correlation.</summary>
internal sealed record Credit(int Batches) : IWireMessage<Credit>
{
    public static MessageType Type => MessageType.Credit;

    public void WriteHead(ByteWriter writer) => writer.U16((ushort)Batches);

    public static Credit? Read(ReadOnlyMemory<byte> body)
    {
        var reader = new SpanReader(body.Span);
        var credit = new Credit(reader.U16());
        return reader.Failed ? null : credit;
    }
}
