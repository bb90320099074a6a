namespace Tailer.Blocks;

/// <summary>Writes what <see cref="StreamSet"/> reads: names, time formats, streams, which event is of which, offsets.</summary>
internal static class StreamColumns
{
    public static void WriteStreams(BlockEvents events, LeadTable leads, ByteWriter to)
    {
        events.Hosts.WriteTo(to);
        events.Apps.WriteTo(to);
        to.Varint((ulong)leads.Formats.Count);
        foreach (TimeFormat format in leads.Formats)
        {
            to.LengthPrefixed(format.Pattern);
            to.Zigzag(format.OffsetSeconds);
        }
        to.Varint((ulong)leads.Streams.Count);
        foreach (LeadStream stream in leads.Streams)
        {
            EventKey key = events.Keys[stream.Key];
            to.Varint((ulong)key.Source);
            to.Varint((ulong)key.Host);
            to.Varint((ulong)key.App);
            to.Varint(key.Pid);
            to.Varint((ulong)(stream.Format + 1));
            to.LengthPrefixed(stream.Shape);
        }
    }

    /// <summary>Recency ranks of the events' streams, which must be first used in the order of their numbers.</summary>
    public static void WriteRanks(ReadOnlySpan<int> streamOf, StreamRanks ranks, ByteWriter to)
    {
        ranks.Reset();
        foreach (int stream in streamOf)
        {
            int rank = ranks.Use(stream);
            to.U8((byte)Math.Min(rank, StreamRanks.Far));
            if (rank >= StreamRanks.Far)
                to.U16((ushort)rank);
        }
    }

    /// <summary>Runs of zigzag steps, each from the end of the source's event before.</summary>
    public static void WriteOffsets(BlockEvents events, ByteWriter to)
    {
        using var offsets = new RunColumn();
        var ends = new ulong[events.SourceCount];
        ReadOnlySpan<EventKey> keys = events.Keys;
        ReadOnlySpan<int> keyOf = events.KeyIndexes, lineEnds = events.Ends;
        ReadOnlySpan<ulong> starts = events.Offsets;
        for (int i = 0, textStart = 0; i < keyOf.Length; i++)
        {
            ref ulong end = ref ends[keys[keyOf[i]].Source];
            long step = (long)(starts[i] - end);
            offsets.Add((ulong)(step << 1) ^ (ulong)(step >> 63));
            end = starts[i] + (ulong)(lineEnds[i] - textStart);
            textStart = lineEnds[i];
        }
        offsets.WriteTo(to);
    }
}
