using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// The agent's state up to a mark in the spool; frames behind the mark are read again at the start. Private to the agent, replaced
/// atomically: magic <c>TLC1</c>, version, fields below, CRC-32C. Version 1 had neither <see cref="Manifested"/>, the clock, nor what is
/// delivered ahead; it is read as one whose last manifest is at the start of its bucket's file.
/// </summary>
internal sealed record Checkpoint
{
    private const uint Magic = 0x31434C54;
    private const byte Version = 2;

    /// <summary>A checkpoint of a million sources with long paths; anything larger is no checkpoint.</summary>
    private const int SourcesMax = 1 << 20;

    /// <summary>Everything in the spool before it is in <see cref="Sources"/>.</summary>
    public SpoolMark Spooled { get; init; }

    /// <summary>What was acknowledged by as many bucks as asked for.</summary>
    public DeliveryProgress Delivered { get; init; } = DeliveryProgress.None;

    /// <summary>Packets in the spool before it are in a manifest that is in the spool too.</summary>
    public SpoolMark Manifested { get; init; }

    /// <summary>Sealed time of the last packet: it never goes back.</summary>
    public ulong LastSealed { get; init; }

    /// <summary>The latest that the clock showed; 0 when that is not known.</summary>
    public ulong ClockSeen { get; init; }

    /// <summary>End of the last manifest, 0 if none was made.</summary>
    public ulong ManifestTo { get; init; }

    public PacketId ManifestId { get; init; }

    public IReadOnlyList<SourcePosition> Sources { get; init; } = [];

    /// <summary>Skips and findings that wait for the next manifest.</summary>
    public IReadOnlyList<ManifestSource> Pending { get; init; } = [];

    /// <summary>The finder's own section: <see cref="FinderState"/>.</summary>
    public ReadOnlyMemory<byte> Finder { get; init; }

    /// <summary>Its size on the disk, once written.</summary>
    public int Bytes { get; private set; }

    public byte[] ToArray()
    {
        using var w = new ByteWriter(64 * 1024);
        w.U32(Magic);
        w.U8(Version);
        WriteMark(w, Spooled);
        WriteMark(w, Delivered.Mark);
        w.U64(LastSealed);
        w.U64(ManifestTo);
        w.Id(ManifestId);
        w.Varint((ulong)Sources.Count);
        foreach (SourcePosition source in Sources)
        {
            w.LengthPrefixed(source.Descriptor.ToArray());
            w.Varint(source.Position);
            w.Varint((ulong)source.TailBytes);
            w.U32(source.TailCrc);
            w.U64(source.LastTime);
            w.U8((byte)((source.MidLine ? 1 : 0) | (source.Finished ? 2 : 0) | ((int)source.Record << 2)));
        }
        w.Varint((ulong)Pending.Count);
        foreach (ManifestSource pending in Pending)
        {
            w.LengthPrefixed(pending.Descriptor.ToArray());
            w.Varint((ulong)pending.Skips.Count);
            foreach (Skip skip in pending.Skips)
            {
                w.Varint(skip.From);
                w.Varint(skip.To);
                w.U8((byte)skip.Reason);
            }
        }
        w.LengthPrefixed(Finder.Span);
        WriteMark(w, Manifested);
        w.U64(ClockSeen);
        w.Varint((ulong)Delivered.Ahead.Count);
        foreach (SpoolRange range in Delivered.Ahead)
        {
            WriteMark(w, range.From);
            WriteMark(w, range.To);
            w.U64((ulong)range.Bytes);
        }
        w.U32(Crc32C.Compute(w.Written));
        Bytes = w.Length;
        return w.Written.ToArray();
    }

    /// <summary>Null when the bytes are damaged or of another version.</summary>
    public static Checkpoint? TryRead(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 8)
            return null;
        var crc = new SpanReader(bytes[^4..]);
        if (crc.U32() != Crc32C.Compute(bytes[..^4]))
            return null;
        var r = new SpanReader(bytes[..^4]);
        if (r.U32() != Magic)
            return null;
        byte version = r.U8();
        if (version is 0 or > Version)
            return null;
        SpoolMark spooled = ReadMark(ref r);
        SpoolMark delivered = ReadMark(ref r);
        ulong lastSealed = r.U64();
        ulong manifestTo = r.U64();
        PacketId manifestId = r.PacketId();
        SourcePosition?[] sources = ReadSources(ref r);
        ManifestSource?[] pending = ReadPending(ref r);
        byte[] finder = r.LengthPrefixed(bytes.Length).ToArray();
        SpoolMark manifested = version > 1 ? ReadMark(ref r) : new SpoolMark(manifestTo - Math.Min(manifestTo, LogTime.PerHour), 0);
        ulong clockSeen = version > 1 ? r.U64() : 0;
        SpoolRange[] ahead = version > 1 ? ReadAhead(ref r) : [];
        return r.Failed || !r.AtEnd || sources.Contains(null) || pending.Contains(null) ? null : new Checkpoint
        {
            Spooled = spooled,
            Delivered = new DeliveryProgress(delivered, ahead),
            Manifested = manifested,
            ClockSeen = clockSeen,
            LastSealed = lastSealed,
            ManifestTo = manifestTo,
            ManifestId = manifestId,
            Sources = sources!,
            Pending = pending!,
            Finder = finder,
        };
    }

    private static SourcePosition?[] ReadSources(ref SpanReader r)
    {
        var sources = new SourcePosition?[r.Count(Math.Min(SourcesMax, r.Remaining))];
        for (int i = 0; i < sources.Length && !r.Failed; i++)
        {
            SourceDescriptor? descriptor = SourceDescriptor.TryRead(r.LengthPrefixed(Limits.DescriptorBytesMax));
            ulong position = r.Varint();
            int tailBytes = r.Count(SourcePosition.TailBytesMax);
            uint tailCrc = r.U32();
            ulong lastTime = r.U64();
            byte flags = r.U8();
            sources[i] = descriptor is null ? null : new SourcePosition(descriptor, position, tailBytes, tailCrc, lastTime, (flags & 1) != 0, (flags & 2) != 0, (RecordState)((flags >> 2) & 7));
        }
        return sources;
    }

    private static ManifestSource?[] ReadPending(ref SpanReader r)
    {
        var pending = new ManifestSource?[r.Count(Math.Min(SourcesMax, r.Remaining))];
        for (int i = 0; i < pending.Length && !r.Failed; i++)
        {
            SourceDescriptor? descriptor = SourceDescriptor.TryRead(r.LengthPrefixed(Limits.DescriptorBytesMax));
            var skips = new Skip[r.Count(r.Remaining / 3)];
            for (int k = 0; k < skips.Length; k++)
                skips[k] = new Skip(r.Varint(), r.Varint(), (SkipReason)r.U8());
            pending[i] = descriptor is null ? null : new ManifestSource { Descriptor = descriptor, From = 0, To = 0, Skips = skips };
        }
        return pending;
    }

    private static SpoolRange[] ReadAhead(ref SpanReader r)
    {
        var ahead = new SpoolRange[r.Count(DeliveryProgress.AheadMax)];
        for (int i = 0; i < ahead.Length; i++)
            ahead[i] = new SpoolRange(ReadMark(ref r), ReadMark(ref r), (long)r.U64());
        return ahead;
    }

    private static void WriteMark(ByteWriter w, SpoolMark mark)
    {
        w.U64(mark.Bucket);
        w.U64((ulong)mark.Position);
    }

    private static SpoolMark ReadMark(ref SpanReader r) => new(r.U64(), (long)r.U64());
}
