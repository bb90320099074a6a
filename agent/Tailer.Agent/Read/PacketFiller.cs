using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// Puts events into open packets, one for each class of delivery, and seals them into the spool. Belongs to the reading thread.
/// </summary>
internal sealed class PacketFiller(SpoolStore spool, TimeProvider clock) : ILineSink, IDisposable
{
    /// <summary>Descriptors get at most a quarter of a frame; the rest is for lines that do not compress.</summary>
    private const int DescriptorBytesMax = Limits.FrameBytesMax / 4;

    /// <summary>Taken out in a row before a skip is noted: what is read again after a start, at most, and seldom enough for a checkpoint.</summary>
    private const ulong DroppedBytesMax = 16 * 1024 * 1024;

    /// <summary>A frame of less than this part of its lines: the largest packet is then about half of what a frame may be.</summary>
    private const int WellCompressed = 4;

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
    public bool TryAdd(FollowedSource source, ReadOnlySpan<byte> bytes, ulong time, EventFlags flags, in LineFacts facts) =>
        TryAdd(source, bytes, bytes, time, flags, facts);

    /// <summary>Adds an event at the source's position: <paramref name="sent"/>, as long as <paramref name="bytes"/>, is what rules made of them.</summary>
    public bool TryAdd(FollowedSource source, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> sent, ulong time, EventFlags flags, in LineFacts facts)
    {
        if (OpenFor(source) is not { } open)
            return false;
        int index = IndexOf(open, source);
        if (source.DroppedFrom is { } from)
        {
            Skip(open, index, source, from, source.Position);
            source.CoverDropped();
        }
        Add(open, index, source, source.Position, sent, time, flags, facts);
        source.Advance(bytes);
        Include(open, source);
        return true;
    }

    /// <summary>
    /// Adds an event that a rule made, to stand where it took out lines that end at the source's position: at <paramref name="offset"/>
    /// and no longer than they were. False, and nothing done, when the spool takes nothing.
    /// </summary>
    public bool TryAddInPlace(FollowedSource source, ulong offset, ReadOnlySpan<byte> bytes, ulong time, in LineFacts facts)
    {
        if (OpenFor(source) is not { } open)
            return false;
        int index = IndexOf(open, source);
        if (source.DroppedFrom is { } from && from < offset)
            Skip(open, index, source, from, offset);
        Add(open, index, source, offset, bytes, time, EventFlags.Altered, facts);
        if (offset + (ulong)bytes.Length is var end && end < source.Position)
            Skip(open, index, source, end, source.Position);
        source.CoverDropped();
        Include(open, source);
        return true;
    }

    /// <summary>
    /// Goes past bytes that a rule took out. The next packet with an event of the source covers them; when they become many a skip does,
    /// so that a start does not read them all again.
    /// </summary>
    public void Drop(FollowedSource source, ReadOnlySpan<byte> bytes)
    {
        source.Drop(bytes);
        if (source.Position - source.DroppedFrom < DroppedBytesMax || source.IsMidLine || source.IsInPacket)
            return;
        NoteDropped(source);
        source.NoteSpooled();
    }

    /// <summary>What was taken out at the end of a source will be covered by no packet: the next manifest names it.</summary>
    public void NoteDropped(FollowedSource source)
    {
        if (source.DroppedFrom is not { } from)
            return;
        spool.NoteSkip(source.Describe(), new Skip(from, source.Position, SkipReason.DroppedByRule));
        source.CoverDropped();
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

    /// <summary>The packet that has room for an event of the source; null when the spool takes nothing.</summary>
    private OpenPacket? OpenFor(FollowedSource source)
    {
        OpenPacket open = OpenFor(source.Path.Set.Delivery);
        if (open.Builder.IsFull(RawBytesTarget(open, source)) || (!source.IsInPacket && open.DescriptorBytes + source.DescriptorBytesMax > DescriptorBytesMax))
            Seal(open);
        if (open.Builder.IsEmpty)
        {
            if (spool.IsFull)
                return null;
            open.OpenedAt = clock.SteadyNow();
        }
        return open;
    }

    /// <summary>
    /// The largest packets are for lines like those that compressed well. They may turn out too large and go as two, so nothing is in them that
    /// rules took out: a manifest might come between the two.
    /// </summary>
    private static int RawBytesTarget(OpenPacket open, FollowedSource source) => source.BytesBehind switch
    {
        < Limits.PacketRawBytesBehind => Limits.PacketRawBytesTarget,
        >= Limits.PacketRawBytesFarBehind when open.CompressesWell && source.Rules is null => Limits.PacketRawBytesFarBehind,
        _ => Limits.PacketRawBytesBehind,
    };

    private static int IndexOf(OpenPacket open, FollowedSource source) =>
        open.Builder.Source(source.Id, source.Describe(), source.Position < source.RepeatUntil);

    private static void Add(OpenPacket open, int index, FollowedSource source, ulong offset, ReadOnlySpan<byte> bytes, ulong time, EventFlags flags, in LineFacts facts) =>
        open.Builder.Add(new Event
        {
            Source = index,
            Offset = offset,
            Bytes = bytes,
            Time = time,
            Host = facts.Host ?? source.Path.Agent.Host,
            App = facts.App ?? source.Path.App,
            Pid = facts.Pid,
            Severity = facts.Severity,
            Flags = flags,
        });

    private static void Skip(OpenPacket open, int index, FollowedSource source, ulong from, ulong to)
    {
        open.Builder.Skip(index, from, to);
        open.Dropped.Add((source, from, to));
    }

    private static void Include(OpenPacket open, FollowedSource source)
    {
        if (source.IsInPacket)
            return;
        source.IsInPacket = true;
        open.Sources.Add(source);
        open.DescriptorBytes += source.DescriptorBytesMax;
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
        Seal(open, open.Builder);
        foreach (FollowedSource source in open.Sources)
        {
            source.NoteSpooled();
            source.IsInPacket = false;
        }
        foreach ((FollowedSource source, ulong from, ulong to) in open.Dropped)
            spool.NoteDropped(source.Describe(), from, to);
        open.Dropped.Clear();
        open.Sources.Clear();
        open.DescriptorBytes = 0;
    }

    private void Seal(OpenPacket open, PacketBuilder builder)
    {
        int rawBytes = builder.RawBytes;
        if (spool.TrySeal(builder, open.Delivery) is { } packet)
        {
            open.CompressesWell = packet.Frame.Length < rawBytes / WellCompressed;
            Packets++;
            FrameBytes += packet.Frame.Length;
            return;
        }
        (PacketBuilder first, PacketBuilder second) = builder.Halves();
        builder.Reset();
        using (first)
            Seal(open, first);
        using (second)
            Seal(open, second);
    }

    private sealed class OpenPacket(DeliverySettings delivery)
    {
        public DeliverySettings Delivery => delivery;

        public PacketBuilder Builder { get; } = new();

        public List<FollowedSource> Sources { get; } = [];

        /// <summary>What rules took out of the ranges of its sources.</summary>
        public List<(FollowedSource Source, ulong From, ulong To)> Dropped { get; } = [];

        public int DescriptorBytes { get; set; }

        /// <summary>What the last packet was, the next one may be.</summary>
        public bool CompressesWell { get; set; }

        public DateTimeOffset OpenedAt { get; set; }
    }
}
