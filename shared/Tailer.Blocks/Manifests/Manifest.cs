using System.Buffers.Binary;

namespace Tailer.Blocks;

/// <summary>
/// An agent's statement of what it sent in one or more closed buckets. Byte table: docs/formats/manifest.md; keep both in
/// step.
/// </summary>
public sealed record Manifest
{
    public const byte Version = 1;

    /// <summary>"TLM1" read as a little-endian number.</summary>
    public const uint Magic = 0x314D4C54;

    /// <summary>Where a manifest says when it was sealed, for who reads nothing else of it.</summary>
    public const int SealedTimeAt = 36;

    private const int FixedBytes = 76;

    public required string Agent { get; init; }
    public required string Host { get; init; }
    public required EpochId Epoch { get; init; }
    public required ulong Number { get; init; }
    public required ulong SealedTime { get; init; }
    public required int BucketSeconds { get; init; }

    /// <summary>Where the manifest before ended.</summary>
    public required ulong CoversFrom { get; init; }

    /// <summary>End of the last bucket covered, exclusive.</summary>
    public required ulong CoversTo { get; init; }

    /// <summary>Id of the manifest before; empty if there is none.</summary>
    public PacketId Previous { get; init; }
    public ManifestFlags Flags { get; init; }

    /// <summary>Every packet of the buckets covered; written in ascending order.</summary>
    public required IReadOnlyList<PacketId> Packets { get; init; }
    public required IReadOnlyList<ManifestSource> Sources { get; init; }

    /// <summary>The bucket in whose file the manifest is stored: the last one covered.</summary>
    public ulong Bucket => CoversTo - ((ulong)BucketSeconds * LogTime.PerSecond);

    /// <summary>
    /// Encodes; the id of the result is <see cref="Packet.IdOf"/>. Throws when it is over <see cref="Limits.ManifestBytesMax"/>: say
    /// it in several manifests then.
    /// </summary>
    public byte[] ToArray()
    {
        using var w = new ByteWriter(1024);
        w.U32(Magic);
        w.U32(0);
        w.U8(Version);
        w.U8((byte)Flags);
        w.U16((ushort)BucketSeconds);
        w.Id(Epoch);
        w.U64(Number);
        w.U64(SealedTime);
        w.U64(CoversFrom);
        w.U64(CoversTo);
        w.Id(Previous);
        w.Text(Agent);
        w.Text(Host);
        w.Varint((ulong)Packets.Count);
        foreach (PacketId id in Packets.Order())
            w.Id(id);
        w.Varint((ulong)Sources.Count);
        foreach (ManifestSource source in Sources.OrderBy(s => s.Id))
            WriteSource(w, source);
        BinaryPrimitives.WriteInt32LittleEndian(w.At(4, 4), w.Length + 4);
        w.U32(Crc32C.Compute(w.Written));
        if (w.Length > Limits.ManifestBytesMax)
            throw new InvalidOperationException($"a manifest of {w.Length} bytes ({Packets.Count} packets, {Sources.Count} sources) is over the limit of {Limits.ManifestBytesMax}");
        return w.Written.ToArray();
    }

    /// <summary>Reads and checks a whole manifest; null when it is damaged or of another version.</summary>
    public static Manifest? TryRead(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FixedBytes + 4 || bytes.Length > Limits.ManifestBytesMax
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[^4..]) != Crc32C.Compute(bytes[..^4]))
            return null;
        var r = new SpanReader(bytes[..^4]);
        if (r.U32() != Magic || r.U32() != bytes.Length || r.U8() != Version)
            return null;
        var flags = (ManifestFlags)r.U8();
        int bucketSeconds = r.U16();
        EpochId epoch = r.EpochId();
        ulong number = r.U64();
        ulong sealedTime = r.U64();
        ulong from = r.U64();
        ulong to = r.U64();
        PacketId previous = r.PacketId();
        string agent = r.Text(Limits.NameBytesMax);
        string host = r.Text(Limits.NameBytesMax);
        PacketId[] packets = ReadPackets(ref r);
        ManifestSource[]? sources = ReadSources(ref r);
        ulong width = (ulong)bucketSeconds * LogTime.PerSecond;
        if (r.Failed || !r.AtEnd || sources is null || bucketSeconds == 0 || to < width || from > to || to % width != 0)
            return null;
        return new Manifest
        {
            Flags = flags,
            BucketSeconds = bucketSeconds,
            Epoch = epoch,
            Number = number,
            SealedTime = sealedTime,
            CoversFrom = from,
            CoversTo = to,
            Previous = previous,
            Agent = agent,
            Host = host,
            Packets = packets,
            Sources = sources,
        };
    }

    private static void WriteSource(ByteWriter w, ManifestSource source)
    {
        w.Id(source.Id);
        w.Varint(source.From);
        w.Varint(source.To - source.From);
        w.Varint((ulong)source.Events);
        w.Varint((ulong)source.Skips.Count);
        foreach (Skip skip in source.Skips)
        {
            w.Varint(skip.From);
            w.Varint(skip.To - skip.From);
            w.U8((byte)skip.Reason);
        }
        w.LengthPrefixed(source.Descriptor.ToArray());
    }

    private static PacketId[] ReadPackets(ref SpanReader r)
    {
        int count = r.Count(r.Remaining / PacketId.Bytes);
        var packets = new PacketId[count];
        for (int i = 0; i < count; i++)
            packets[i] = r.PacketId();
        return packets;
    }

    private static ManifestSource[]? ReadSources(ref SpanReader r)
    {
        int count = r.Count(r.Remaining / (SourceId.Bytes + 4));
        var sources = new ManifestSource[count];
        for (int i = 0; i < count; i++)
        {
            SourceId id = r.SourceId();
            ulong from = r.Varint();
            ulong length = r.Varint();
            int events = r.Count(int.MaxValue);
            var skips = new Skip[r.Count(r.Remaining / 3)];
            for (int k = 0; k < skips.Length; k++)
            {
                ulong skipFrom = r.Varint();
                ulong skipTo = skipFrom + r.Varint();
                skips[k] = new Skip(skipFrom, skipTo, (SkipReason)r.U8());
                if (skipTo < skipFrom)
                    return null;
            }
            SourceDescriptor? descriptor = SourceDescriptor.TryRead(r.LengthPrefixed(Limits.DescriptorBytesMax));
            if (r.Failed || descriptor is null || descriptor.Id != id || from + length < from)
                return null;
            sources[i] = new ManifestSource { Descriptor = descriptor, From = from, To = from + length, Events = events, Skips = skips };
        }
        return sources;
    }
}
