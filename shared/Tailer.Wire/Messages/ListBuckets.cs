using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>LIST_BUCKETS: the bucket files whose bucket starts in from &lt;= start &lt; to, oldest first. Answered by BUCKETS.</summary>
/// <param name="Max">At most this many, and at most 10,080; ask again from the last start when the reply is truncated.</param>
public sealed record ListBuckets(ulong From, ulong To, int Max) : IWireMessage<ListBuckets>
{
    public static MessageType Type => MessageType.ListBuckets;

    public void WriteHead(ByteWriter writer)
    {
        writer.U64(From);
        writer.U64(To);
        writer.U32((uint)Max);
    }

    public static ListBuckets? Read(ReadOnlyMemory<byte> body)
    {
        var reader = new SpanReader(body.Span);
        var list = new ListBuckets(reader.U64(), reader.U64(), (int)Math.Min(reader.U32(), WireLimits.BucketsMax));
        return reader.Failed ? null : list;
    }
}
