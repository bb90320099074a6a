namespace Tailer.Blocks;

/// <summary>What a block says of its streams, and which events are of which. Reused.</summary>
public sealed class StreamSet
{
    private readonly StreamRanks ranks;
    private StreamInfo[] streams = [];
    private TimeFormat[] formats = [];
    private ushort[] streamOf = [];
    private int[] order = [];
    private int[] starts = [];

    internal StreamSet(int eventsMax) => ranks = new StreamRanks(eventsMax);

    public string[] Hosts { get; private set; } = [];

    public string[] Apps { get; private set; } = [];

    public ReadOnlySpan<StreamInfo> Streams => streams;

    internal TimeFormat Format(int index) => formats[index];

    public TimeText TimeText(int format) => formats[format].Describe();

    public int StreamOf(int i) => streamOf[i];

    /// <summary>Which event the row is: rows are events stream by stream.</summary>
    public int EventAt(int row) => order[row];

    /// <summary>The first row of a stream; for the number of streams, the number of rows.</summary>
    public int FirstRow(int stream) => starts[stream];

    /// <summary>
    /// False when damaged. Every stream is some event's, so leads longer than all the text are damage too; that bounds what a few
    /// bytes can make of names.
    /// </summary>
    internal bool TryReadNames(ref SpanReader r, int events, int sourceCount, int textBytes)
    {
        if (NameTable.TryRead(ref r, events) is not { } hosts || NameTable.TryRead(ref r, events) is not { } apps)
            return false;
        (Hosts, Apps) = (hosts, apps);
        formats = new TimeFormat[r.Count(Math.Min(events, r.Remaining / 3))];
        for (int f = 0; f < formats.Length; f++)
        {
            ReadOnlySpan<byte> pattern = r.LengthPrefixed(TimeFormat.PatternBytesMax);
            long offset = r.Zigzag();
            if (r.Failed || !TimeFormat.IsPattern(pattern) || offset is < -TimeFormat.OffsetSecondsMax or > TimeFormat.OffsetSecondsMax)
                return false;
            formats[f] = new TimeFormat(pattern, (int)offset);
        }
        streams = new StreamInfo[r.Count(Math.Min(events, r.Remaining / 6))];
        int leadBytes = 0;
        for (int s = 0; s < streams.Length; s++)
        {
            int source = r.Count(sourceCount - 1), host = r.Count(hosts.Length - 1), app = r.Count(apps.Length - 1);
            ulong pid = r.Varint();
            int format = r.Count(formats.Length) - 1;
            ReadOnlySpan<byte> shape = r.LengthPrefixed(LeadShape.BytesMax);
            if (r.Failed || pid > uint.MaxValue || !LeadShape.IsShape(shape, format >= 0))
                return false;
            StreamInfo stream = streams[s] = StreamInfo.Of(source, host, app, (uint)pid, format, shape, hosts[host], apps[app]);
            leadBytes += stream.Before.Length + stream.After.Length;
            if (leadBytes > textBytes)
                return false;
        }
        return streams.Length > 0;
    }

    /// <summary>As the other, where more follows the ranks.</summary>
    internal bool TryReadOrder(ref SpanReader r, int events)
    {
        // Fewer streams than a far rank takes: a byte each.
        return streams.Length < StreamRanks.Far && TryReadOrder(r.Take(streams.Length == 1 ? 0 : events), events);
    }

    internal bool TryReadOrder(ReadOnlySpan<byte> ranksSection, int events)
    {
        if (streamOf.Length < events)
        {
            streamOf = new ushort[Math.Max(events, Math.Min(streamOf.Length * 2, Limits.BlockEventsMax))];
            order = new int[streamOf.Length];
        }
        if (starts.Length <= streams.Length)
            starts = new int[streams.Length + 1];
        Array.Clear(starts);
        if (!TryReadStreams(ranksSection, events))
            return false;
        for (int i = 0; i < events; i++)
            starts[streamOf[i]]++;
        int sum = 0;
        for (int s = 0; s <= streams.Length; s++)
        {
            int count = s < streams.Length ? starts[s] : 0;
            starts[s] = sum;
            sum += count;
        }
        for (int i = 0; i < events; i++)
            order[starts[streamOf[i]]++] = i;
        for (int s = streams.Length; s > 0; s--)
            starts[s] = starts[s - 1];
        starts[0] = 0;
        return true;
    }

    private bool TryReadStreams(ReadOnlySpan<byte> section, int events)
    {
        if (streams.Length == 1)
        {
            Array.Clear(streamOf, 0, events);
            return section.IsEmpty;
        }
        ranks.Reset();
        int at = 0;
        for (int i = 0; i < events; i++)
        {
            if (at == section.Length)
                return false;
            int rank = section[at++];
            if (rank == StreamRanks.Far)
            {
                if (at + 2 > section.Length)
                    return false;
                rank = section[at] | section[at + 1] << 8;
                at += 2;
            }
            int stream = ranks.StreamAt(rank, streams.Length);
            if (stream < 0)
                return false;
            streamOf[i] = (ushort)stream;
        }
        return at == section.Length;
    }
}
