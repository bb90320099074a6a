using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>DAMAGED: the answer to LIST_DAMAGED. Whoever has another copy brings it as an APPEND with the option healed.</summary>
/// <param name="Records">At most 4,096; what is healed is not named again.</param>
public sealed record Damaged(IReadOnlyList<DamagedRecord> Records) : IWireMessage<Damaged>
{
    public static MessageType Type => MessageType.Damaged;

    public void WriteHead(ByteWriter writer)
    {
        if (Records.Count > WireLimits.IdsMax)
            throw new ArgumentException($"a message has at most {WireLimits.IdsMax} damaged records, not {Records.Count}", nameof(writer));
        writer.Varint((ulong)Records.Count);
        foreach (DamagedRecord record in Records)
        {
            record.File.WriteTo(writer);
            writer.Id(record.Id);
        }
    }

    public static Damaged? Read(ReadOnlyMemory<byte> body)
    {
        var reader = new SpanReader(body.Span);
        var records = new DamagedRecord[reader.Count(Math.Min(WireLimits.IdsMax, reader.Remaining / DamagedRecord.Bytes))];
        for (int i = 0; i < records.Length; i++)
            records[i] = new DamagedRecord(BucketFileName.Read(ref reader), reader.PacketId());
        return reader.Failed ? null : new Damaged(records);
    }
}
