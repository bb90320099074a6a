using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Stores;

namespace Tailer.Bench;

/// <summary>
/// What the porter does to seal packets, step by step, up to the finished file: read a packet's body, check its id, decode, merge,
/// order, encode anew, hash, sync. A process never references another, so the porter's own loop cannot be called: keep this in step
/// with porter/Tailer.Porter/Seal (SegmentPut, PartSealer) and Merge (MergePart, PacketMerge).
/// </summary>
internal static class Sealing
{
    /// <summary>zstd level of archived segments (SegmentPut).</summary>
    private const int Level = 9;

    /// <summary>Memory of what is merged at once, and what an event takes of it beside its bytes (MergePart).</summary>
    private const long PartBytesMax = 256L * 1024 * 1024;
    private const int EventBytes = 160;

    /// <summary>Writes what an agent would send of a file as one bucket file, as bucks keep it.</summary>
    public static void WritePackets(LogLines lines, string bucketPath)
    {
        using var packets = new PacketMaker(lines.Path);
        using BucketFileWriter bucket = BucketFileWriter.Open(SystemDisk.Instance, bucketPath);
        foreach (LineBatch batch in lines.Batches())
        {
            for (int i = 0; i < batch.Lines.Count; i++)
            {
                if (packets.IsFull)
                    Append();
                packets.Add(batch[i]);
            }
        }
        if (!packets.IsEmpty)
            Append();

        void Append()
        {
            Packet packet = packets.Seal();
            bucket.Append(RecordType.Packet, packet.Id, packet.Frame.Span);
        }
    }

    /// <summary>Seals the packets of a bucket file into a local index, a segment for each part; returns the raw bytes sealed.</summary>
    /// <param name="bucketPath">From <see cref="WritePackets"/>.</param>
    /// <param name="indexDirectory">Where the segments become part of an index.</param>
    /// <param name="rawBytesMax">Stops after about this many.</param>
    public static long Run(string bucketPath, string indexDirectory, long rawBytesMax = long.MaxValue)
    {
        using LocalEventIndexWriter index = LocalEventIndexWriter.Open(SystemDisk.Instance, indexDirectory);
        using IDiskFile file = SystemDisk.Instance.OpenRead(bucketPath) ?? throw new FileNotFoundException($"{bucketPath} is not there");
        using var bucket = new BucketFileReader(file);
        List<string> segments = [];
        long raw = 0;
        bool goesOn = bucket.TryReadNext();
        while (goesOn && raw < rawBytesMax)
        {
            using var merge = new EventMerge();
            for (long part = 0; goesOn && (part == 0 || part < PartBytesMax) && raw + merge.RawBytes < rawBytesMax; goesOn = bucket.TryReadNext())
                part += Add(merge, bucket);
            raw += merge.RawBytes;
            segments.Add(index.NewSegmentPath());
            Write(segments[^1], merge);
        }
        index.Add(segments, ulong.MaxValue);
        return raw;
    }

    /// <summary>Adds the record at hand; returns the memory it takes.</summary>
    private static long Add(EventMerge merge, BucketFileReader bucket)
    {
        if (Packet.IdOf(bucket.Body.Span) != bucket.Header.Id || Packet.TryRead(bucket.Body, out FrameError error) is not { } packet)
            throw new InvalidDataException($"the packet at {bucket.RecordPosition} is damaged");
        return merge.Add(packet) is BlockError.None
            ? packet.Header.RawBytes + ((long)packet.Header.Events * EventBytes)
            : throw new InvalidDataException($"the packet at {bucket.RecordPosition} cannot be decoded");
    }

    private static void Write(string path, EventMerge merge)
    {
        MergedEvents events = merge.Merge().Inside;
        var plan = new SegmentFooter
        {
            Environment = "bench",
            SpanStart = LogTime.Floor(events[0].Time, LogTime.PerHour),
            SpanWidth = LogTime.PerHour,
            Kind = SegmentKind.Sealed,
            Sources = [.. events.Sources.Select(source => new SegmentSource(source, 0, []))],
            Packets = [.. merge.Packets],
        };
        using IDiskFile file = SystemDisk.Instance.OpenAppend(path);
        using var writer = new SegmentWriter(file, plan, Level);
        for (int i = 0; i < events.Count; i++)
            writer.Add(events[i]);
        writer.Finish(footer => footer);
    }
}
