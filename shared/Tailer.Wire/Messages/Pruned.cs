using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>PRUNED: the answer to PRUNE.</summary>
public sealed record Pruned(PruneOutcome Outcome) : IWireMessage<Pruned>
{
    public static MessageType Type => MessageType.Pruned;

    public void WriteHead(ByteWriter writer) => writer.U8((byte)Outcome);

    public static Pruned? Read(ReadOnlyMemory<byte> body)
    {
        var reader = new SpanReader(body.Span);
        var pruned = new Pruned((PruneOutcome)reader.U8());
        return reader.Failed ? null : pruned;
    }
}
