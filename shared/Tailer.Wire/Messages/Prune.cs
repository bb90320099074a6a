using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>
/// PRUNE: drop this bucket file, if it is still exactly this long and holds exactly these packets. Answered by PRUNED.
/// </summary>
public sealed record Prune(BucketFileName File, long FileBytes, ContentHash IdsHash) : IWireMessage<Prune>
{
    public static MessageType Type => MessageType.Prune;

    public void WriteHead(ByteWriter writer)
    {
        File.WriteTo(writer);
        writer.U64((ulong)FileBytes);
        writer.Id(new PacketId(IdsHash.Value));
    }

    public static Prune? Read(ReadOnlyMemory<byte> body)
    {
        var reader = new SpanReader(body.Span);
        var prune = new Prune(BucketFileName.Read(ref reader), (long)reader.U64(), new ContentHash(reader.PacketId().Value));
        return reader.Failed ? null : prune;
    }
}
