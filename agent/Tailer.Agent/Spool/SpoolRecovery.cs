using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Queries;

namespace Tailer.Agent;

/// <summary>
/// What a start finds: the checkpoint, and everything in the spool behind its marks. Pure reading; damage is reported and stepped
/// over, never a reason not to start.
/// </summary>
internal sealed class SpoolRecovery
{
    /// <summary>Traces are seldom longer; of one that is, and that began in an earlier packet, the kind is guessed from what is here.</summary>
    private const int RecordLinesMax = 256;

    private readonly Dictionary<SourceId, SourcePosition> positions = [];
    private readonly Dictionary<SourceId, (SpoolMark Mark, SourceDescriptor Descriptor, ulong To)> newest = [];
    private readonly Dictionary<SourceId, (SourceDescriptor Descriptor, ulong To)> behindHoles = [];
    private readonly List<(SpoolMark Mark, SourceDescriptor Descriptor)> endedEmpty = [];
    private readonly SpoolSettings settings;
    private readonly SpoolFiles files;
    private readonly ILogger log;
    private bool hasCheckpoint;
    private bool isDamaged;
    private bool lostEnd;

    private SpoolRecovery(SpoolSettings settings, SpoolFiles files, ILogger log)
    {
        this.settings = settings;
        this.files = files;
        this.log = log;
    }

    public IReadOnlyDictionary<SourceId, SourcePosition> Positions => positions;

    /// <summary>As found, but with no mark behind <see cref="End"/>.</summary>
    public Checkpoint Checkpoint { get; private set; } = new();

    public ManifestDraft Draft { get; } = new();

    /// <summary>Behind the last manifest in the spool.</summary>
    public SpoolMark Manifested { get; private set; }

    public ulong LastSealed { get; private set; }

    /// <summary>The latest that the clock of the last process is known to have shown.</summary>
    public ulong ClockSeen { get; private set; }

    public ulong ManifestTo { get; private set; }

    public PacketId ManifestId { get; private set; }

    /// <summary>Where the last manifest lies; null when the spool has none.</summary>
    public SpoolRecord? LastManifest { get; private set; }

    /// <summary>Bytes of spool files that are not delivered.</summary>
    public long UndeliveredBytes { get; private set; }

    /// <summary>Bytes of all spool files.</summary>
    public long Bytes { get; private set; }

    /// <summary>There was neither a checkpoint nor a spool: a first start, or a lost state directory.</summary>
    public bool FoundNothing { get; private set; }

    /// <summary>Behind the last whole record.</summary>
    public SpoolMark End { get; private set; }

    /// <summary>Bucket of the records in the last file.</summary>
    public ulong LastBucket { get; private set; }

    /// <summary>Ranges that were lost with damaged files; they are in <see cref="Draft"/> too.</summary>
    public IReadOnlyList<(SourceDescriptor Source, Skip Skip)> Lost { get; private set; } = [];

    public static SpoolRecovery Run(SpoolSettings settings, SpoolFiles files, CheckpointFile checkpoints, ILogger log)
    {
        var recovery = new SpoolRecovery(settings, files, log);
        recovery.hasCheckpoint = checkpoints.TryLoad(out Checkpoint? checkpoint);
        recovery.Take(checkpoint ?? new Checkpoint());
        recovery.ReadFiles([.. files.Buckets()]);
        recovery.ReadTails();
        recovery.GoBackToHoles();
        recovery.EndEmpty();
        recovery.CutMarks();
        recovery.FindLost();
        return recovery;
    }

    private void Take(Checkpoint checkpoint)
    {
        Checkpoint = checkpoint;
        LastSealed = checkpoint.LastSealed;
        ClockSeen = checkpoint.ClockSeen;
        ManifestTo = checkpoint.ManifestTo;
        ManifestId = checkpoint.ManifestId;
        Manifested = checkpoint.Manifested;
        foreach (SourcePosition source in checkpoint.Sources)
            positions[source.Descriptor.Id] = source;
        foreach (ManifestSource pending in checkpoint.Pending)
        {
            Draft.Note(pending.Descriptor);
            foreach (Skip skip in pending.Skips)
                Draft.Note(pending.Descriptor, skip);
        }
    }

    private void ReadFiles(ulong[] buckets)
    {
        FoundNothing = !hasCheckpoint && buckets.Length == 0;
        ulong from = Math.Min(Checkpoint.Spooled.Bucket, Checkpoint.Manifested.Bucket);
        // Should all of them be damaged beyond reading, the last readable one before them is the end.
        int first = Math.Max(0, Array.FindIndex(buckets, bucket => bucket >= from));
        for (int i = first; i < buckets.Length; i++)
            ReadFile(buckets[i]);
        for (int i = first - 1; i >= 0 && End == default; i--)
            ReadFile(buckets[i]);
        foreach (ulong bucket in buckets)
            Bytes += files.BytesOf(bucket);
    }

    private void ReadFile(ulong bucket)
    {
        using IDiskFile? file = files.OpenRead(bucket);
        if (file is null)
            return;
        using var reader = new BucketFileReader(file);
        while (reader.TryReadNext())
        {
            var mark = new SpoolMark(bucket, reader.RecordPosition);
            if (reader.Header.Type == RecordType.Manifest)
                ReadManifest(reader, mark);
            else if (reader.Header.Type == RecordType.Packet)
                ReadPacket(reader, mark);
            End = new SpoolMark(bucket, reader.Position);
        }
        isDamaged |= reader.Damage.Count > 0 || reader.Position < file.Length;
        foreach ((long from, long to) in reader.Damage)
            SpoolLog.SpoolDamaged(log, file.Path, from, to);
    }

    private void ReadManifest(BucketFileReader reader, SpoolMark mark)
    {
        if (Manifest.TryRead(reader.Body.Span) is not { } manifest)
        {
            isDamaged = true;
            SpoolLog.FrameDamaged(log, files.PathOf(mark.Bucket), mark.Position, FrameError.PayloadChecksum);
            return;
        }
        LastBucket = manifest.Bucket;
        LastManifest = new SpoolRecord(mark, RecordType.Manifest, reader.Header.Id, reader.Header.BodyBytes);
        if (mark < Checkpoint.Manifested)
            return;
        ManifestTo = manifest.CoversTo;
        ManifestId = reader.Header.Id;
        Manifested = LastManifest.Next;
        LastSealed = Math.Max(LastSealed, manifest.SealedTime);
        if (!manifest.Flags.HasFlag(ManifestFlags.Goodbye))
            ClockSeen = Math.Max(ClockSeen, manifest.CoversTo);
        Draft.Remove(manifest.Packets, manifest.Sources);
        endedEmpty.AddRange(manifest.Sources.Where(source => source.Descriptor.FinalLength == 0).Select(source => (mark, source.Descriptor)));
    }

    private void ReadPacket(BucketFileReader reader, SpoolMark mark)
    {
        FrameError error = FrameHeader.TryReadFrame(reader.Body.Span, out FrameHeader? header);
        if (error != FrameError.None)
        {
            isDamaged = true;
            SpoolLog.FrameDamaged(log, files.PathOf(mark.Bucket), mark.Position, error);
            return;
        }
        LastBucket = header!.Bucket;
        if (mark >= Checkpoint.Manifested)
        {
            Draft.Add(reader.Header.Id, header);
            if (header.Sources.Any(range => range.HasHoles))
                NoteHoles(reader.Body, header);
        }
        if (mark < Checkpoint.Spooled)
            return;
        if (header.SealedTime < LastSealed)
        {
            // Time went back with the clock, and manifests with it.
            ManifestTo = Math.Min(ManifestTo, header.Bucket);
            ClockSeen = header.SealedTime;
        }
        else if (header.SealedTime > LastSealed)
        {
            ClockSeen = Math.Max(ClockSeen, header.SealedTime);
        }
        LastSealed = header.SealedTime;
        foreach (SourceRange range in header.Sources)
        {
            // One that was sealed again tells nothing of where its sources are: they may have gone on, or have ended.
            if (range.Descriptor is { } descriptor && !header.Flags.HasFlag(FrameFlags.SealedAgain))
                Reached(mark, range, descriptor);
        }
    }

    /// <summary>
    /// A source is as far as its packets reach without a hole. What was in a hole is no longer in the spool, but may be in its file: it is read
    /// again from there, and what the spool has behind it comes twice and says so.
    /// </summary>
    private void Reached(SpoolMark mark, SourceRange range, SourceDescriptor descriptor)
    {
        // Without a checkpoint nobody knows how much of it was pruned.
        ulong begin = hasCheckpoint ? descriptor.FirstOffset ?? 0 : range.From;
        ulong end = newest.TryGetValue(range.Source, out var last) ? last.To : positions.GetValueOrDefault(range.Source)?.Position ?? begin;
        if (range.From > end)
            behindHoles[range.Source] = (descriptor, range.To);
        else
            newest[range.Source] = (mark, descriptor, range.To);
    }

    /// <summary>What a checkpoint says of a spool that was damaged since ends where the spool does.</summary>
    private void CutMarks()
    {
        lostEnd = Checkpoint.Spooled > End && Checkpoint.Delivered.Mark < Checkpoint.Spooled;
        isDamaged |= lostEnd;
        Manifested = Manifested < End ? Manifested : End;
        Checkpoint = Checkpoint with
        {
            Spooled = Checkpoint.Spooled < End ? Checkpoint.Spooled : End,
            Delivered = Checkpoint.Delivered.Until(End),
        };
        DeliveryProgress delivered = Checkpoint.Delivered;
        foreach (ulong bucket in files.Buckets())
        {
            if (bucket >= delivered.Mark.Bucket && bucket <= End.Bucket)
                UndeliveredBytes += (bucket == End.Bucket ? End.Position : files.BytesOf(bucket)) - (bucket == delivered.Mark.Bucket ? delivered.Mark.Position : 0);
        }
    }

    private void FindLost()
    {
        if (!isDamaged)
            return;
        DeliveryProgress delivered = Checkpoint.Delivered;
        Lost = SpoolLoss.Find(files, End, lostEnd, delivered.IsUndelivered, positions.Values);
        foreach ((SourceDescriptor source, Skip skip) in Lost)
        {
            SpoolLog.Lost(log, source.Path, skip.From, skip.To);
            Draft.Note(source, skip);
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
    private void ReadTails()
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

    private void GoBackToHoles()
    {
        foreach ((SourceId id, (SourceDescriptor descriptor, ulong to)) in behindHoles)
        {
            SourcePosition position = positions.GetValueOrDefault(id) ?? SourcePosition.AtBegin(descriptor);
            if (position.Position < to)
                positions[id] = position with { SeenTo = to };
        }
    }

    /// <summary>
    /// Of what a manifest said since the checkpoint one thing cannot be found out again: a source without a byte ended, and no file that turns up
    /// is its.
    /// </summary>
    private void EndEmpty()
    {
        foreach ((SpoolMark mark, SourceDescriptor descriptor) in endedEmpty)
        {
            SourceId id = descriptor.Id;
            if (positions.GetValueOrDefault(id) is { Position: 0 } position && !(newest.TryGetValue(id, out var later) && later.Mark > mark))
                positions[id] = position with { Descriptor = descriptor, Finished = true };
        }
    }

    private SourcePosition Tail(Packet packet, DecodedBlock block, SourceId id)
    {
        int source = packet.Header.Sources.TakeWhile(s => s.Source != id).Count();
        int last = block.Count - 1;
        while (last >= 0 && block.Source(last) != source)
            last--;
        if (last < 0)
            return WithoutEvents(id);
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
            descriptor, newest[id].To, tailBytes, Crc32C.Compute(tail[^tailBytes..]), e.Time, e.Flags.HasFlag(EventFlags.Partial),
            Record: RecordAfter(block, source, last, descriptor.View));
    }

    /// <summary>Rules took out all that the packet has of the source: only the position moved.</summary>
    private SourcePosition WithoutEvents(SourceId id)
    {
        (_, SourceDescriptor descriptor, ulong to) = newest[id];
        SourcePosition? before = positions.GetValueOrDefault(id);
        return new SourcePosition(descriptor, to, 0, Crc32C.Compute([]), before?.LastTime ?? 0, MidLine: false, Record: before?.Record ?? RecordState.Start);
    }

    /// <summary>What the last line was to its record, computed from the lines before it in the packet as when they were read.</summary>
    private static RecordState RecordAfter(DecodedBlock block, int source, int last, SourceView view)
    {
        int first = last;
        for (int i = last, lines = 0; i >= 0 && lines < RecordLinesMax; i--)
        {
            if (block.Source(i) != source)
                continue;
            first = i;
            lines++;
        }
        var state = RecordState.Other;
        var text = new LineView();
        bool isPart = false;
        for (int i = first; i <= last; i++)
        {
            if (block.Source(i) != source)
                continue;
            Event e = block[i];
            // The first part of a line speaks for all.
            if (!isPart)
                state = RecordRule.After(text, view, state, e.Bytes, e.Flags);
            isPart = e.Flags.HasFlag(EventFlags.Partial);
        }
        return state;
    }
}
