using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>
/// READ: bodies of records of one bucket file, by position or by id. Answered by a stream of RECORDS and an END; every
/// position and id asked for appears once, in order: positions, then ids.
/// </summary>
/// <param name="Positions">Record positions with the length of their bodies, as LIST gave them.</param>
/// <param name="Ids">Ids to be looked up in the file.</param>
public sealed record ReadRecords(BucketFileName File, IReadOnlyList<RecordPosition> Positions, IReadOnlyList<PacketId> Ids) : IWireMessage<ReadRecords>
{
    public static MessageType Type => MessageType.Read;

    public void WriteHead(ByteWriter writer)
    {
        if (Positions.Count > WireLimits.PositionsMax)
            throw new ArgumentException($"a read has at most {WireLimits.PositionsMax} positions, not {Positions.Count}", nameof(writer));
        File.WriteTo(writer);
        writer.Varint((ulong)Positions.Count);
        foreach (RecordPosition position in Positions)
        {
            writer.U64((ulong)position.Position);
            writer.U32((uint)position.BodyBytes);
        }
        IdList.Write(writer, Ids);
    }

    public static ReadRecords? Read(ReadOnlyMemory<byte> body)
    {
        var reader = new SpanReader(body.Span);
        BucketFileName file = BucketFileName.Read(ref reader);
        var positions = new RecordPosition[reader.Count(Math.Min(WireLimits.PositionsMax, reader.Remaining / 12))];
        for (int i = 0; i < positions.Length; i++)
        {
            ulong position = reader.U64();
            uint bodyBytes = reader.U32();
            if (position > long.MaxValue || bodyBytes > WireLimits.FrameBytesMax)
                return null;
            positions[i] = new RecordPosition((long)position, (int)bodyBytes);
        }
        PacketId[] ids = IdList.Read(ref reader);
        return reader.Failed ? null : new ReadRecords(file, positions, ids);
    }
}
