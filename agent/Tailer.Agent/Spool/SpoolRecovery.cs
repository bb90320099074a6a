using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>
/// What a start finds: the checkpoint, and everything in the spool behind its marks. Pure reading; damage is reported and stepped
/// over, never a reason not to start.
/// </summary>
internal sealed class SpoolRecovery
{
    private readonly Dictionary<SourceId, SourcePosition> positions = [];
    private readonly Dictionary<SourceId, (SpoolMark Mark, SourceDescriptor Descriptor, ulong To)> newest = [];

    private SpoolRecovery()
    {
    }

    public IReadOnlyDictionary<SourceId, SourcePosition> Positions => positions;

    public Checkpoint Checkpoint { get; private set; } = new();

    public ManifestDraft Draft { get; } = new();

    public ulong LastSealed { get; private set; }

    public ulong ManifestTo { get; private set; }

    public PacketId ManifestId { get; private set; }

    /// <summary>Bytes of spool files behind the delivered mark.</summary>
    public long UndeliveredBytes { get; private set; }

    /// <summary>There was neither a checkpoint nor a spool: a first start, or a lost state directory.</summary>
    public bool FoundNothing { get; private set; }

    public ulong? LastBucket { get; private set; }

    public static SpoolRecovery Run(SpoolSettings settings, SpoolFiles files, ILogger log)
    {
        var recovery = new SpoolRecovery();
        recovery.ReadCheckpoint(settings, log);
        ulong[] buckets = [.. files.Buckets()];
        recovery.FoundNothing &= buckets.Length == 0;
        foreach (ulong bucket in buckets)
        {
            recovery.LastBucket = bucket;
            recovery.LastSealed = Math.Max(recovery.LastSealed, bucket);
            if (bucket >= recovery.Checkpoint.Delivered.Bucket)
                recovery.UndeliveredBytes += files.BytesOf(bucket) - (bucket == recovery.Checkpoint.Delivered.Bucket ? recovery.Checkpoint.Delivered.Position : 0);
            if (bucket >= Math.Min(recovery.Checkpoint.Spooled.Bucket, recovery.Checkpoint.ManifestTo))
                recovery.ReadFile(files, bucket, log);
        }
        recovery.ReadTails(files);
        return recovery;
    }

    private void ReadCheckpoint(SpoolSettings settings, ILogger log)
    {
        byte[]? bytes = settings.Disk.ReadAll(settings.CheckpointPath);
        FoundNothing = bytes is null;
        if (bytes is null)
            return;
        if (Checkpoint.TryRead(bytes) is not { } checkpoint)
        {
            SpoolLog.CheckpointDamaged(log, settings.CheckpointPath);
            return;
        }
        Checkpoint = checkpoint;
        LastSealed = checkpoint.LastSealed;
        ManifestTo = checkpoint.ManifestTo;
        ManifestId = checkpoint.ManifestId;
        foreach (SourcePosition source in checkpoint.Sources)
            positions[source.Descriptor.Id] = source;
        foreach (ManifestSource pending in checkpoint.Pending)
        {
            Draft.Note(pending.Descriptor);
            foreach (Skip skip in pending.Skips)
                Draft.Note(pending.Descriptor, skip);
        }
    }

    private void ReadFile(SpoolFiles files, ulong bucket, ILogger log)
    {
        using IDiskFile? file = files.OpenRead(bucket);
        if (file is null)
            return;
        using var reader = new BucketFileReader(file);
        while (reader.TryReadNext())
        {
            if (reader.Header.Type == RecordType.Manifest)
                ReadManifest(reader);
            else if (reader.Header.Type == RecordType.Packet)
                ReadPacket(reader, bucket, log);
        }
        foreach ((long from, long to) in reader.Damage)
            SpoolLog.SpoolDamaged(log, file.Path, from, to);
    }

    private void ReadManifest(BucketFileReader reader)
    {
        if (Manifest.TryRead(reader.Body.Span) is not { } manifest || manifest.CoversTo < ManifestTo)
            return;
        ManifestTo = manifest.CoversTo;
        ManifestId = reader.Header.Id;
        LastSealed = Math.Max(LastSealed, manifest.SealedTime);
        Draft.Clear();
    }

    private void ReadPacket(BucketFileReader reader, ulong bucket, ILogger log)
    {
        FrameError error = FrameHeader.TryReadFrame(reader.Body.Span, out FrameHeader? header);
        if (error != FrameError.None)
        {
            SpoolLog.FrameDamaged(log, Names.Bucket(bucket, LogTime.PerSecond), reader.RecordPosition, error);
            return;
        }
        LastSealed = Math.Max(LastSealed, header!.SealedTime);
        if (bucket >= ManifestTo)
        {
            Draft.Add(reader.Header.Id, header);
            if (header.Sources.Any(range => range.HasHoles))
                NoteHoles(reader.Body, header);
        }
        var mark = new SpoolMark(bucket, reader.RecordPosition);
        if (mark < Checkpoint.Spooled)
            return;
        foreach (SourceRange range in header.Sources)
        {
            if (range.Descriptor is { } descriptor)
                newest[range.Source] = (mark, descriptor, range.To);
        }
    }

    /// <summary>What is in a range and not in the packet was taken out by rules.</summary>
    private void NoteHoles(ReadOnlyMemory<byte> frame, FrameHeader header)
    {
        using var block = new DecodedBlock();
        if (Packet.TryRead(frame, out _) is not { } packet || packet.TryDecode(block) != BlockError.None)
            return;
        ulong[] ends = [.. header.Sources.Select(range => range.From)];
        for (int i = 0; i < block.Count; i++)
        {
            Event e = block[i];
            NoteHole(header.Sources[e.Source], ends[e.Source], e.Offset);
            ends[e.Source] = e.End;
        }
        for (int i = 0; i < ends.Length; i++)
            NoteHole(header.Sources[i], ends[i], header.Sources[i].To);
    }

    private void NoteHole(SourceRange range, ulong from, ulong to)
    {
        if (range.Descriptor is { } descriptor && from < to)
            Draft.NoteDropped(descriptor, from, to);
    }

    /// <summary>Sources that moved after the checkpoint: their last event tells the rest.</summary>
    private void ReadTails(SpoolFiles files)
    {
        using var block = new DecodedBlock();
        foreach (IGrouping<SpoolMark, SourceId> group in newest.GroupBy(n => n.Value.Mark, n => n.Key))
        {
            using IDiskFile? file = files.OpenRead(group.Key.Bucket);
            if (file is null)
                continue;
            using var reader = new BucketFileReader(file, group.Key.Position);
            if (!reader.TryReadNext() || Packet.TryRead(reader.Body, out _) is not { } packet || packet.TryDecode(block) != BlockError.None)
                continue;
            foreach (SourceId id in group)
                positions[id] = Tail(packet, block, id);
        }
    }

    private SourcePosition Tail(Packet packet, DecodedBlock block, SourceId id)
    {
        int source = packet.Header.Sources.TakeWhile(s => s.Source != id).Count();
        int last = block.Count - 1;
        while (block.Source(last) != source)
            last--;
        Event e = block[last];
        Span<byte> tail = stackalloc byte[SourcePosition.TailBytesMax];
        int tailBytes = 0;
        // Where a rule took out what comes last, the bytes before the position are not here.
        ulong from = newest[id].To;
        for (int i = last; i >= 0 && tailBytes < tail.Length; i--)
        {
            Event part = block[i];
            if (block.Source(i) != source)
                continue;
            // What a rule changed or took away is not in the file as it is here.
            if (part.End != from || part.Flags.HasFlag(EventFlags.Altered))
                break;
            int taken = Math.Min(tail.Length - tailBytes, part.Bytes.Length);
            part.Bytes[^taken..].CopyTo(tail[^(tailBytes + taken)..]);
            tailBytes += taken;
            from = part.Offset;
        }
        SourceDescriptor descriptor = newest[id].Descriptor;
        return new SourcePosition(
            descriptor, newest[id].To, tailBytes, Crc32C.Compute(tail[^tailBytes..]), e.Time, e.Flags.HasFlag(EventFlags.Partial));
    }
}
