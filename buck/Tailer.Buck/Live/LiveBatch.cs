using Tailer.Blocks;

namespace Tailer.Buck;

/// <summary>
/// Lines of one query in one format on their way to its viewers: encoded once, offered to all. Used by the feed's thread only.
/// </summary>
internal sealed class LiveBatch(LiveFormat format, EventEncoder encoder) : IDisposable
{
    /// <summary>A batch of the hub has at most so many events (docs/formats/http.md, 4.1).</summary>
    public const int EventsMax = 1000;

    /// <summary>Nor goes on behind so many bytes: a thousand parts of a long line would be 64 MB, six times as much where all of it is escaped.</summary>
    public const int BytesFull = 1024 * 1024;

    private readonly List<Viewer> viewers = [];
    private readonly ByteWriter events = new(4096);
    private readonly List<BatchPacket> packets = [];
    private readonly List<BatchPacket> partPackets = [];
    private readonly List<ReadOnlyMemory<byte>> parts = [];
    private int count;
    private bool isLate;

    public LiveFormat Format => format;

    /// <summary>Timestamp of the last flush; a batch leaves no sooner than the interval after it.</summary>
    public long Flushed { get; private set; }

    public bool HasViewers => viewers.Count > 0;

    public bool HasEvents => packets.Count > 0;

    public IReadOnlyList<Viewer> Viewers => viewers;

    public void Add(Viewer viewer) => viewers.Add(viewer);

    public void Sweep() => viewers.RemoveAll(viewer => viewer.IsClosed);

    /// <summary>Encodes the matching events of one packet. A packet's events stay together in one unit, and with none that is late where it is not.</summary>
    public void Take(PacketView packet, IReadOnlyList<int> matches, bool late, long now)
    {
        if ((count > 0 && count + matches.Count > EventsMax) || late != isLate)
            Flush(now);
        isLate = late;
        int inPart = 0;
        foreach (int i in matches)
        {
            if (format == LiveFormat.Hub && count > 0)
                events.Raw(","u8);
            encoder.Write(format, packet, i, events);
            count++;
            inPart++;
            if (format != LiveFormat.Hub || (count < EventsMax && events.Length < BytesFull))
                continue;
            partPackets.Add(new BatchPacket(packet.Id, inPart, packet.Header.Agent));
            EndPart();
            inPart = 0;
        }
        if (inPart > 0)
            partPackets.Add(new BatchPacket(packet.Id, inPart, packet.Header.Agent));
        packets.Add(new BatchPacket(packet.Id, matches.Count, packet.Header.Agent));
        if (count >= EventsMax || events.Length >= BytesFull || parts.Count > 0)
            Flush(now);
    }

    public void Flush(long now)
    {
        if (packets.Count == 0)
            return;
        if (count > 0)
            EndPart();
        var unit = new LiveUnit([.. parts], [.. packets], isLate);
        int lines = packets.Sum(p => p.Matched);
        parts.Clear();
        packets.Clear();
        Flushed = now;
        foreach (Viewer viewer in viewers)
        {
            if (!viewer.IsClosed && !viewer.Offer(unit))
                BuckMetrics.LiveDroppedLines.Add(lines);
        }
    }

    public void Dispose() => events.Dispose();

    private void EndPart()
    {
        if (format == LiveFormat.Hub)
        {
            using var part = new ByteWriter(events.Length + 1024);
            encoder.WriteBatch(events.Written, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(partPackets), notice: null, live: true, part);
            parts.Add(part.Written.ToArray());
        }
        else
        {
            parts.Add(events.Written.ToArray());
        }
        partPackets.Clear();
        events.Reset();
        count = 0;
    }
}
