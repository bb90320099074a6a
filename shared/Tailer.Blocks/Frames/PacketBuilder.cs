using System.Text;

namespace Tailer.Blocks;

/// <summary>
/// Collects events of several sources and seals them into a packet. Not thread-safe; reused packet after packet. Events of
/// a source must come in offset order.
/// </summary>
public sealed class PacketBuilder : IDisposable
{
    // A frame must stay under FrameBytesMax (1 MiB) even if nothing in it compresses. What follows the last check may come on top:
    //   896 KiB  raw bytes, columns and source ranges together: FilledBytesTarget
    //    65 KiB  one event with its names
    //    24 KiB  one descriptor
    //     4 KiB  fixed fields, agent name, block header, what zstd adds
    private const int FilledBytesTarget = 896 * 1024;
    private const int ColumnBytesTarget = 256 * 1024;
    private const int RangeBytesTarget = 256 * 1024;

    /// <summary>A source range without its descriptor: id, from, length, events, flags, length of the descriptor.</summary>
    private const int RangeFixedBytes = 48;

    private readonly BlockBuilder block = new();
    private readonly Dictionary<SourceId, int> indexes = [];
    private readonly List<OpenRange> ranges = [];
    private OpenRange? last;
    private int lastIndex;
    private int rangeBytes;
    private Bounds bounds;

    public int Count => block.Count;

    public int RawBytes => block.RawBytes;

    public bool IsEmpty => block.Count == 0;

    /// <summary>
    /// Enough for a full packet: seal before adding more. With a target of at most <see cref="Limits.PacketRawBytesBehind"/> whatever was added
    /// fits; with a greater one, at most <see cref="Limits.PacketRawBytesFarBehind"/>, it need not.
    /// </summary>
    public bool IsFull(int rawBytesTarget)
    {
        // Asked before every line, and mostly for the target of the line before.
        if (rawBytesTarget != bounds.RawBytes)
            bounds = new Bounds(rawBytesTarget, Bound(FilledBytesTarget, rawBytesTarget), Bound(ColumnBytesTarget, rawBytesTarget));
        int rawBytes = block.RawBytes, columnBytes = block.ColumnBytes;
        return rawBytes >= rawBytesTarget
            || rawBytes + columnBytes + rangeBytes >= bounds.FilledBytes
            || block.Count >= Limits.BlockEventsMax - 1
            || ranges.Count >= Limits.FrameSourcesMax - 1
            || columnBytes >= bounds.ColumnBytes
            || rangeBytes >= RangeBytesTarget;
    }

    /// <summary>
    /// Index to use as <see cref="Event.Source"/>. The descriptor given last for a source is the one in the packet; null
    /// leaves the source undescribed.
    /// </summary>
    public int Source(SourceId id, SourceDescriptor? descriptor, bool mayRepeat = false)
    {
        // Mostly that of the line before.
        if (last is not null && ReferenceEquals(last.Descriptor, descriptor) && last.Id == id)
        {
            if (mayRepeat)
                last.MayRepeat = true;
            return lastIndex;
        }
        if (!indexes.TryGetValue(id, out int index))
        {
            index = ranges.Count;
            indexes.Add(id, index);
            ranges.Add(new OpenRange { Id = id });
            rangeBytes += RangeFixedBytes;
        }
        if (descriptor is not null && !ReferenceEquals(descriptor, ranges[index].Descriptor))
        {
            rangeBytes += descriptor.BytesMax - (ranges[index].Descriptor?.BytesMax ?? 0);
            ranges[index].Descriptor = descriptor;
        }
        last = ranges[index];
        last.MayRepeat |= mayRepeat;
        return lastIndex = index;
    }

    public void Add(scoped in Event e)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(e.Bytes.Length, Limits.EventBytesMax);
        OpenRange range = ranges[e.Source];
        if (!range.IsEmpty && e.Offset < range.To)
            throw new InvalidOperationException($"events of source {range.Id} out of order: {e.Offset} after {range.To}");
        block.Add(e);
        if (!range.IsEmpty && e.Offset > range.To)
            range.HasHoles = true;
        range.Extend(e.Offset, e.End);
        range.Events++;
    }

    /// <summary>
    /// Bytes that a rule took out, in the order of the source's events: the packet's range covers them, so that whoever has the packet
    /// knows of them. A packet that has no event of the source says nothing about it.
    /// </summary>
    public void Skip(int source, ulong from, ulong to)
    {
        OpenRange range = ranges[source];
        if (to <= from || (!range.IsEmpty && from < range.To))
            throw new InvalidOperationException($"bytes {from}..{to} of source {range.Id} cannot be left out after {range.To}");
        range.HasHoles = true;
        range.Extend(from, to);
    }

    /// <summary>Encodes what was added and starts anew. The builder must not be empty, nor filled further than <see cref="Limits.PacketRawBytesBehind"/>.</summary>
    public Packet Seal(PacketStamp stamp, int level = 1) =>
        TrySeal(stamp, level) ?? throw new InvalidOperationException($"{RawBytes} bytes make a frame that no reader takes");

    /// <summary>
    /// As <see cref="Seal"/>. Null, and all that was added is kept, when the frame would be over its limit: then the <see cref="Halves"/> are
    /// to be sealed.
    /// </summary>
    public Packet? TrySeal(PacketStamp stamp, int level = 1)
    {
        if (IsEmpty)
            throw new InvalidOperationException("a packet has at least one event");
        using var w = new ByteWriter(block.RawBytes / 2 + 4096);
        WriteFixed(w, stamp);
        foreach (OpenRange range in ranges)
            range.WriteTo(w);
        int headerBytes = w.Length + 4;
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(w.At(8, 4), headerBytes);
        w.U32(0);
        // Only a backlog makes packets of this size; then what it costs is what counts.
        block.Encode(w, level, isQuick: block.RawBytes > 2 * Limits.PacketRawBytesTarget);
        (w.At(13, 1)[0], w.At(14, 1)[0]) = BlockBuilder.VersionsOf(w.At(headerBytes, 2));
        if (w.Length + 4 > Limits.FrameBytesMax)
            return null;
        int payloadBytes = w.Length - headerBytes;
        w.U32(Crc32C.Compute(w.At(headerBytes, payloadBytes)));
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(w.At(4, 4), w.Length);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(w.At(headerBytes - 4, 4), Crc32C.Compute(w.At(0, headerBytes - 4)));
        Reset();
        return Packet.TryRead(w.Written.ToArray(), out FrameError error)
            ?? throw new InvalidOperationException($"a frame of {w.Length} bytes was sealed that no reader takes: {error}");
    }

    /// <summary>What was added, to be sealed as two packets, the first with the first half of the events; this one keeps it. At least two events.</summary>
    public (PacketBuilder First, PacketBuilder Second) Halves()
    {
        var halves = (First: new PacketBuilder(), Second: new PacketBuilder());
        var ends = new ulong[ranges.Count];
        for (int i = 0; i < Count; i++)
        {
            Event e = block.At(i);
            OpenRange range = ranges[e.Source];
            PacketBuilder half = i < Count / 2 ? halves.First : halves.Second;
            int source = half.Source(range.Id, range.Descriptor, range.MayRepeat);
            ulong end = Math.Max(range.From, ends[e.Source]);
            if (e.Offset > end)
                half.Skip(source, end, e.Offset);
            ends[e.Source] = e.End;
            half.Add(e with { Source = source });
        }
        for (int s = 0; s < ranges.Count; s++)
        {
            // The bytes behind its last event are said where that is.
            PacketBuilder half = halves.Second.indexes.ContainsKey(ranges[s].Id) ? halves.Second : halves.First;
            if (ends[s] < ranges[s].To)
                half.Skip(half.Source(ranges[s].Id, ranges[s].Descriptor, ranges[s].MayRepeat), Math.Max(ranges[s].From, ends[s]), ranges[s].To);
        }
        return halves;
    }

    public void Reset()
    {
        block.Reset();
        indexes.Clear();
        ranges.Clear();
        last = null;
        rangeBytes = 0;
    }

    public void Dispose() => block.Dispose();

    /// <summary>A bound that keeps a frame within its limit, or as many times that as the target is beyond what needs no luck.</summary>
    private static int Bound(int bound, int rawBytesTarget) =>
        rawBytesTarget <= Limits.PacketRawBytesBehind ? bound : (int)((long)bound * rawBytesTarget / Limits.PacketRawBytesBehind);

    private void WriteFixed(ByteWriter w, PacketStamp stamp)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stamp.BucketSeconds);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(stamp.BucketSeconds, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stamp.Copies);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(stamp.Copies, Limits.CopiesMax);
        byte[] agent = Encoding.UTF8.GetBytes(stamp.Agent);
        if (agent.Length is 0 or > Limits.NameBytesMax)
            throw new ArgumentException($"an agent's name has 1 to {Limits.NameBytesMax} bytes of UTF-8, this one {agent.Length}", nameof(stamp));
        w.U32(FrameHeader.Magic);
        w.U32(0);
        w.U32(0);
        w.U8(FrameHeader.Version);
        w.U16(0);
        w.U8(stamp.ParserVersion);
        w.Id(stamp.Epoch);
        w.U64(stamp.Number);
        w.U64(stamp.SealedTime);
        w.U64(block.TimeMin);
        w.U64(block.TimeMax);
        w.U32((uint)block.Count);
        w.U32((uint)block.RawBytes);
        w.U16((ushort)stamp.BucketSeconds);
        w.U8((byte)((byte)stamp.Flags | ((byte)stamp.BoundaryCopy << 1)));
        w.U8((byte)stamp.Copies);
        w.U16((ushort)ranges.Count);
        w.U16((ushort)agent.Length);
        w.Raw(agent);
    }

    /// <summary>When a packet is full, by its target of raw bytes.</summary>
    private readonly record struct Bounds(int RawBytes, int FilledBytes, int ColumnBytes);

    private sealed class OpenRange
    {
        public required SourceId Id { get; init; }
        public SourceDescriptor? Descriptor { get; set; }
        public ulong From { get; set; }
        public ulong To { get; set; }
        public int Events { get; set; }
        public bool MayRepeat { get; set; }
        public bool HasHoles { get; set; }

        /// <summary>Neither events nor bytes left out.</summary>
        public bool IsEmpty { get; private set; } = true;

        public void Extend(ulong from, ulong to)
        {
            if (IsEmpty)
                From = from;
            To = to;
            IsEmpty = false;
        }

        public void WriteTo(ByteWriter w)
        {
            w.Id(Id);
            w.Varint(From);
            w.Varint(To - From);
            w.Varint((ulong)Events);
            w.U8((byte)((MayRepeat ? 1 : 0) | (Descriptor is null ? 0 : 2) | (HasHoles ? 4 : 0)));
            if (Descriptor is null)
                return;
            using var d = new ByteWriter();
            Descriptor.WriteTo(d);
            w.LengthPrefixed(d.Written);
        }
    }
}
