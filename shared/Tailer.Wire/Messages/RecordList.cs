using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>RECORD_LIST: the answer to LIST.</summary>
/// <param name="Next">Where to go on.</param>
/// <param name="AtEnd">The file has no more records now.</param>
/// <param name="Absent">There is no such file.</param>
public sealed record RecordList(long Next, bool AtEnd, bool Absent, IReadOnlyList<RecordListing> Records) : IWireMessage<RecordList>
{
    public static MessageType Type => MessageType.RecordList;

    public void WriteHead(ByteWriter writer)
    {
        if (Records.Count > WireLimits.RecordsMax)
            throw new ArgumentException($"a listing has at most {WireLimits.RecordsMax} records, not {Records.Count}", nameof(writer));
        writer.U8((byte)((AtEnd ? 1 : 0) | (Absent ? 2 : 0)));
        writer.U64((ulong)Next);
        writer.Varint((ulong)Records.Count);
        foreach (RecordListing record in Records)
            record.WriteTo(writer);
    }

    public static RecordList? Read(ReadOnlyMemory<byte> body)
    {
        var reader = new SpanReader(body.Span);
        byte flags = reader.U8();
        long next = (long)reader.U64();
        int count = reader.Count(Math.Min(WireLimits.RecordsMax, reader.Remaining / 31));
        var records = new RecordListing[count];
        for (int i = 0; i < count && !reader.Failed; i++)
            records[i] = RecordListing.Read(ref reader, body);
        return reader.Failed ? null : new RecordList(next, (flags & 1) != 0, (flags & 2) != 0, records);
    }
}
