using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>A varint count of at most 4,096, then that many packet ids.</summary>
internal static class IdList
{
    public static void Write(ByteWriter writer, IReadOnlyList<PacketId> ids)
    {
        if (ids.Count > WireLimits.IdsMax)
            throw new ArgumentException($"a message has at most {WireLimits.IdsMax} packet ids, not {ids.Count}", nameof(ids));
        writer.Varint((ulong)ids.Count);
        for (int i = 0; i < ids.Count; i++)
            writer.Id(ids[i]);
    }

    /// <summary>Reads no more ids than there are bytes for.</summary>
    public static PacketId[] Read(ref SpanReader reader)
    {
        int count = reader.Count(Math.Min(WireLimits.IdsMax, reader.Remaining / PacketId.Bytes));
        var ids = new PacketId[count];
        for (int i = 0; i < count; i++)
            ids[i] = reader.PacketId();
        return ids;
    }
}
