using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// Puts events into open packets, one for each class of delivery, and seals them into the spool. Belongs to the reading thread.
/// </summary>
internal sealed class PacketFiller(SpoolStore spool, TimeProvider clock) : IDisposable
{
    /// <summary>Descriptors get at most a quarter of a frame; the rest is for lines that do not compress.</summary>
    private const int DescriptorBytesMax = Limits.FrameBytesMax / 4;

    private readonly Dictionary<DeliverySettings, OpenPacket> packets = [];
    private OpenPacket? latest;

    public long Packets { get; private set; }

    public long FrameBytes { get; private set; }

    /// <summary>When the oldest open packet got its first event; null when none is open.</summary>
    public DateTimeOffset? OpenedAt
    {
        get
        {
            DateTimeOffset? oldest = null;
            foreach (OpenPacket open in packets.Values)
            {
                if (!open.Builder.IsEmpty && (oldest is null || open.OpenedAt < oldest))
                    oldest = open.OpenedAt;
            }
            return oldest;
        }
    }

    /// <summary>Adds an event at the source's position. False, and nothing done, when the spool takes nothing.</summary>
    public bool TryAdd(FollowedSource source, ReadOnlySpan<byte> bytes, ulong time, EventFlags flags, in LineFacts facts)
    {
        OpenPacket open = OpenFor(source.Path.Set.Delivery);
        if (open.Builder.IsFull || (!source.IsInPacket && open.DescriptorBytes + source.DescriptorBytesMax > DescriptorBytesMax))
            Seal(open);
        if (open.Builder.IsEmpty)
        {
            if (spool.IsFull)
                return false;
            open.OpenedAt = clock.GetUtcNow();
        }
        int index = open.Builder.Source(source.Id, source.Describe(), source.Position < source.RepeatUntil);
        open.Builder.Add(new Event
        {
            Source = index,
            Offset = source.Position,
            Bytes = bytes,
            Time = time,
            Host = source.Path.Agent.Host,
            App = facts.App ?? source.Path.App,
            Pid = facts.Pid,
            Severity = facts.Severity,
            Flags = flags,
        });
        source.Advance(bytes);
        if (!source.IsInPacket)
        {
            source.IsInPacket = true;
            open.Sources.Add(source);
            open.DescriptorBytes += source.DescriptorBytesMax;
        }
        return true;
    }

    /// <summary>Seals every open packet that has events.</summary>
    public void SealAll()
    {
        foreach (OpenPacket open in packets.Values)
            Seal(open);
    }

    public void Dispose()
    {
        foreach (OpenPacket open in packets.Values)
            open.Builder.Dispose();
    }

    /// <summary>Compares by reference first: hashing the settings for every line would cost more than the line.</summary>
    private OpenPacket OpenFor(DeliverySettings delivery)
    {
        if (ReferenceEquals(latest?.Delivery, delivery))
            return latest;
        if (!packets.TryGetValue(delivery, out OpenPacket? open))
            packets.Add(delivery, open = new OpenPacket(delivery));
        return latest = open;
    }

    private void Seal(OpenPacket open)
    {
        if (open.Builder.IsEmpty)
            return;
        Packet packet = spool.Seal(open.Builder, open.Delivery);
        foreach (FollowedSource source in open.Sources)
        {
            source.NoteSpooled();
            source.IsInPacket = false;
        }
        open.Sources.Clear();
        open.DescriptorBytes = 0;
        Packets++;
        FrameBytes += packet.Frame.Length;
    }

    private sealed class OpenPacket(DeliverySettings delivery)
    {
        public DeliverySettings Delivery => delivery;

        public PacketBuilder Builder { get; } = new();

        public List<FollowedSource> Sources { get; } = [];

        public int DescriptorBytes { get; set; }

        public DateTimeOffset OpenedAt { get; set; }
    }
}
