using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>
/// SEARCH: matching events of unsealed buckets. Answered by a stream of RESULT and an END. Ranges are from &lt;= t &lt; to,
/// in 10^-8 s since 1970; a <c>to</c> of <see cref="ulong.MaxValue"/> is open.
/// </summary>
/// <param name="Query">Query text; empty matches all.</param>
/// <param name="EventFrom">By the events' own time.</param>
/// <param name="BucketFrom">By bucket: what the asker does not have from elsewhere.</param>
/// <param name="Limit">At most this many events.</param>
/// <param name="NewestFirst">Which ones, if there are more.</param>
public sealed record Search(
    string Query, ulong EventFrom, ulong EventTo, ulong BucketFrom, ulong BucketTo, int Limit, bool NewestFirst) : IWireMessage<Search>
{
    public static MessageType Type => MessageType.Search;

    public void WriteHead(ByteWriter writer)
    {
        writer.Text(WireText.Within(Query, WireLimits.QueryBytesMax, nameof(Query)));
        writer.U64(EventFrom);
        writer.U64(EventTo);
        writer.U64(BucketFrom);
        writer.U64(BucketTo);
        writer.U32((uint)Limit);
        writer.U8(NewestFirst ? (byte)1 : (byte)0);
    }

    public static Search? Read(ReadOnlyMemory<byte> body)
    {
        var reader = new SpanReader(body.Span);
        var search = new Search(
            reader.Text(WireLimits.QueryBytesMax), reader.U64(), reader.U64(), reader.U64(), reader.U64(),
            (int)Math.Min(reader.U32(), int.MaxValue), (reader.U8() & 1) != 0);
        return reader.Failed ? null : search;
    }
}
