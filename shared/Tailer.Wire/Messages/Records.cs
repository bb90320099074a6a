using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>RECORDS: a batch of the answer to READ. Close a batch at <see cref="WireLimits.BatchBytes"/>.</summary>
public sealed record Records(IReadOnlyList<RecordContent> Items) : IWireMessage<Records>
{
    public static MessageType Type => MessageType.Records;

    public void WriteHead(ByteWriter writer)
    {
        writer.Varint((ulong)Items.Count);
        foreach (RecordContent item in Items)
            item.WriteTo(writer);
    }

    public static Records? Read(ReadOnlyMemory<byte> body)
    {
        var reader = new SpanReader(body.Span);
        int count = reader.Count(Math.Min(WireLimits.PositionsMax + WireLimits.IdsMax, reader.Remaining / 28));
        var items = new RecordContent[count];
        for (int i = 0; i < count && !reader.Failed; i++)
            items[i] = RecordContent.Read(ref reader, body);
        return reader.Failed ? null : new Records(items);
    }
}
