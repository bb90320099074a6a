using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>
/// What damage to the spool took: ranges of sources that lay, not delivered, where files can no longer be read. Known from the
/// packets and manifests before and behind the damage, from headers of packets whose payload alone is damaged, and from how far
/// sources are. A range whose begin none of these tells is left to audit, which misses its bytes all the same.
/// </summary>
internal sealed class SpoolLoss
{
    private readonly Dictionary<SourceId, Reach> reached = [];
    private readonly List<(SourceDescriptor Source, Skip Skip)> lost = [];
    private readonly Func<SpoolMark, bool> isUndelivered;
    private int damages;

    private SpoolLoss(Func<SpoolMark, bool> isUndelivered) => this.isUndelivered = isUndelivered;

    /// <summary>
    /// Reads the whole spool up to <paramref name="end"/>; rare, so it need not be quick. With <paramref name="lostEnd"/> something
    /// undelivered was behind that.
    /// </summary>
    public static IReadOnlyList<(SourceDescriptor Source, Skip Skip)> Find(
        SpoolFiles files, SpoolMark end, bool lostEnd, Func<SpoolMark, bool> isUndelivered, IEnumerable<SourcePosition> positions)
    {
        var loss = new SpoolLoss(isUndelivered);
        foreach (ulong bucket in files.Buckets())
        {
            if (bucket <= end.Bucket)
                loss.Read(files, bucket, end);
        }
        loss.damages += lostEnd ? 1 : 0;
        var ends = new Dictionary<SourceId, ulong>();
        foreach (SourcePosition position in positions)
        {
            loss.Reached(position.Descriptor.Id, position.Descriptor, position.Position, position.Position);
            ends[position.Descriptor.Id] = position.Position;
        }
        return loss.Missing(ends);
    }

    /// <summary>Not lost is what can be read elsewhere in the spool, where it was written twice, and what will be read from its file again.</summary>
    private List<(SourceDescriptor Source, Skip Skip)> Missing(Dictionary<SourceId, ulong> ends)
    {
        var missing = new List<(SourceDescriptor, Skip)>();
        foreach ((SourceDescriptor source, Skip skip) in lost)
        {
            ulong to = Math.Min(skip.To, ends.GetValueOrDefault(source.Id));
            if (to <= skip.From)
                continue;
            foreach (ByteRange gap in reached[source.Id].Readable.Gaps(new ByteRange(skip.From, to)))
                missing.Add((source, new Skip(gap.From, gap.To, skip.Reason)));
        }
        return missing;
    }

    private void Read(SpoolFiles files, ulong bucket, SpoolMark end)
    {
        using IDiskFile? file = files.OpenRead(bucket);
        if (file is null)
            return;
        using var reader = new BucketFileReader(file);
        int seen = 0;
        while (reader.TryReadNext())
        {
            for (; seen < reader.Damage.Count; seen++)
                Damaged(new SpoolMark(bucket, reader.Damage[seen].To - 1));
            if (reader.Header.Type == RecordType.Manifest)
                ReadManifest(reader.Body.Span);
            else if (reader.Header.Type == RecordType.Packet)
                ReadPacket(reader.Body.Span, new SpoolMark(bucket, reader.RecordPosition));
        }
        // What was behind a torn end, nobody knows; but that the next file was begun after it.
        if (bucket < end.Bucket && reader.Position < file.Length)
            Damaged(new SpoolMark(bucket, long.MaxValue));
        else if (bucket == end.Bucket && reader.Position < end.Position)
            Damaged(end with { Position = end.Position - 1 });
    }

    private void Damaged(SpoolMark at)
    {
        if (isUndelivered(at))
            damages++;
    }

    private void ReadPacket(ReadOnlySpan<byte> frame, SpoolMark mark)
    {
        bool isWhole = FrameHeader.TryReadFrame(frame, out FrameHeader? header) == FrameError.None;
        if (!isWhole)
            Damaged(mark);
        if (!isWhole && FrameHeader.TryRead(frame, out header) != FrameError.None)
            return;
        foreach (SourceRange range in header!.Sources)
        {
            // One that was sealed again says nothing of what came after its first time.
            if (!header.Flags.HasFlag(FrameFlags.SealedAgain) || !reached.ContainsKey(range.Source))
                Reached(range.Source, range.Descriptor, range.From, range.To);
            if (isWhole)
                reached[range.Source].Readable.Add(new ByteRange(range.From, range.To));
            if (!isWhole && isUndelivered(mark) && Describe(range.Source) is { } descriptor)
                lost.Add((descriptor, new Skip(range.From, range.To, SkipReason.SpoolLost)));
        }
    }

    private void ReadManifest(ReadOnlySpan<byte> bytes)
    {
        if (Manifest.TryRead(bytes) is not { } manifest)
            return;
        foreach (ManifestSource source in manifest.Sources.Where(s => s.Events > 0))
        {
            // Its packets came before it: what it says and none of them has shown was in the damage.
            ulong from = reached.TryGetValue(source.Id, out Reach? known) ? known.To : damages > 0 ? source.From : source.To;
            if (known is null)
                reached[source.Id] = new Reach { To = from, Descriptor = source.Descriptor };
            Reached(source.Id, source.Descriptor, Math.Max(from, source.To), source.To);
        }
    }

    /// <summary>A source is known from one offset to another; a hole before that, with damage since it was last seen, is lost.</summary>
    private void Reached(SourceId id, SourceDescriptor? descriptor, ulong from, ulong to)
    {
        if (!reached.TryGetValue(id, out Reach? reach))
        {
            reached[id] = new Reach { To = to, Damages = damages, Descriptor = descriptor };
            return;
        }
        reach.Descriptor = descriptor ?? reach.Descriptor;
        if (from > reach.To && damages > reach.Damages && reach.Descriptor is not null)
            lost.Add((reach.Descriptor, new Skip(reach.To, from, SkipReason.SpoolLost)));
        reach.To = Math.Max(reach.To, to);
        reach.Damages = damages;
    }

    private SourceDescriptor? Describe(SourceId id) => reached[id].Descriptor;

    private sealed class Reach
    {
        public ulong To { get; set; }
        public int Damages { get; set; }
        public SourceDescriptor? Descriptor { get; set; }
        public Coverage Readable { get; } = new();
    }
}
