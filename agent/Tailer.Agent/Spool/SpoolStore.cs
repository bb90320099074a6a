using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Blocks.Native;

namespace Tailer.Agent;

/// <summary>
/// The spool: an ordered log of packets and manifests in bucket files, and the checkpoint. Owned by the reading loop's thread; the
/// shipper reads the files behind <see cref="End"/> and reports what is delivered by <see cref="Delivered"/>.
/// <para>
/// Promise: after <see cref="Seal"/> returned and <see cref="IsFull"/> is false the packet survives kill -9, and after the next
/// checkpoint a power loss. Nothing is dropped here: when a write fails the packet stays in memory, and <see cref="IsFull"/> stops the
/// reading until it is written.
/// </para>
/// </summary>
internal sealed class SpoolStore : IDisposable
{
    /// <summary>When nothing moved, there is little a checkpoint could add.</summary>
    private static readonly TimeSpan IdleCheckpointInterval = TimeSpan.FromMinutes(1);

    private readonly SpoolSettings settings;
    private readonly SpoolFiles files;
    private readonly ILogger log;
    private readonly ManifestDraft draft;
    private readonly EpochId epoch;
    private readonly Queue<Packet> unwritten = new();
    private readonly SpoolSignal signal = new();

    /// <summary>Every source that a start would know of, by spool or checkpoint, and how far.</summary>
    private readonly Dictionary<SourceId, ulong> spooledTo = [];
    private BucketFileWriter? writer;
    private ulong writerBucket;
    private ulong number;
    private ulong manifestNumber;
    private ulong lastSealed;
    private ulong manifestTo;
    private PacketId manifestId;
    private bool wasDown;
    private bool stateLost;
    private bool noted;
    private bool failing;
    private bool saidFull;
    private readonly ReadOnlyMemory<byte> recoveredFinder;
    private Checkpoint saved;
    private bool hasSaved;
    private long lastCheckpoint;
    private long appendedBytes;
    private long deliveredBytes;
    private SpoolMark end;
    private SpoolMark delivered;

    private SpoolStore(SpoolSettings settings, SpoolFiles files, SpoolRecovery recovery, ILogger log)
    {
        this.settings = settings;
        this.files = files;
        this.log = log;
        draft = recovery.Draft;
        Recovered = recovery.Positions;
        StateWasLost = stateLost = recovery.FoundNothing;
        wasDown = !recovery.FoundNothing;
        saved = recovery.Checkpoint;
        recoveredFinder = recovery.Checkpoint.Finder;
        lastSealed = recovery.LastSealed;
        manifestTo = recovery.ManifestTo;
        manifestId = recovery.ManifestId;
        appendedBytes = recovery.UndeliveredBytes;
        delivered = recovery.Checkpoint.Delivered;
        foreach (SourcePosition position in recovery.Positions.Values)
            spooledTo[position.Descriptor.Id] = position.Position;
        Span<byte> random = stackalloc byte[EpochId.Bytes];
        Sodium.RandomBytes(random);
        epoch = EpochId.Read(random);
        lastCheckpoint = settings.Clock.GetTimestamp();
    }

    /// <summary>Where each source stood when the agent ended, by checkpoint and spool.</summary>
    public IReadOnlyDictionary<SourceId, SourcePosition> Recovered { get; }

    /// <summary>What the checkpoint kept for the finder; empty without one.</summary>
    public ReadOnlyMemory<byte> RecoveredFinder => recoveredFinder;

    /// <summary>Nothing was found: what is read from files now may have been sent before.</summary>
    public bool StateWasLost { get; }

    /// <summary>Reading must pause: too much is undelivered, or the disk takes no writes.</summary>
    public bool IsFull
    {
        get
        {
            long undelivered = UndeliveredBytes;
            bool full = undelivered >= settings.BytesMax;
            if (full && !saidFull)
                SpoolLog.Full(log, undelivered);
            saidFull = full;
            return full || unwritten.Count > 0;
        }
    }

    public long UndeliveredBytes => Interlocked.Read(ref appendedBytes) - Interlocked.Read(ref deliveredBytes);

    public ulong BucketWidth => settings.BucketWidth;

    /// <summary>Tells the shipper that there is more.</summary>
    public SpoolSignal Signal => signal;

    public SpoolFiles Files => files;

    /// <summary>Everything before it is written; for the shipper.</summary>
    public SpoolMark End
    {
        get
        {
            lock (signal)
                return end;
        }
    }

    /// <summary>Everything before it is delivered; the shipper moves it on, never back.</summary>
    public SpoolMark Delivered
    {
        get
        {
            lock (signal)
                return delivered;
        }
    }

    public static SpoolStore Open(SpoolSettings settings, ILogger log)
    {
        settings.Disk.CreateDirectory(settings.SpoolDirectory);
        var files = new SpoolFiles(settings);
        SpoolRecovery recovery = SpoolRecovery.Run(settings, files, log);
        var store = new SpoolStore(settings, files, recovery, log);
        if (recovery.LastBucket is { } last)
            store.OpenFile(last);
        SpoolLog.Recovered(log, store.Recovered.Count, store.UndeliveredBytes);
        return store;
    }

    /// <summary>Stamps what the builder holds, writes it to the spool and wakes the shipper. The builder is empty afterwards.</summary>
    public Packet Seal(PacketBuilder builder, DeliverySettings delivery)
    {
        ulong now = Now();
        WriteManifestIfDue(now);
        Packet packet = builder.Seal(new PacketStamp
        {
            Agent = settings.Agent,
            Epoch = epoch,
            Number = number++,
            SealedTime = now,
            BucketSeconds = settings.BucketSeconds,
            Copies = delivery.Copies,
            Flags = delivery.FsyncBeforeAck ? FrameFlags.FsyncBeforeAck : FrameFlags.None,
            BoundaryCopy = delivery.BoundaryCopy,
        });
        lastSealed = now;
        unwritten.Enqueue(packet);
        WriteWaiting();
        return packet;
    }

    /// <summary>Bytes of a source that will never be sent; the next manifest says so, and a checkpoint is due at once.</summary>
    public void NoteSkip(SourceDescriptor source, Skip skip)
    {
        draft.Note(source, skip);
        spooledTo[source.Id] = Math.Max(skip.To, spooledTo.GetValueOrDefault(source.Id));
        noted = true;
    }

    /// <summary>
    /// What a rule took out of the range that the packet sealed last has of the source; the next manifest says so. A start derives it
    /// from the packet again.
    /// </summary>
    public void NoteDropped(SourceDescriptor source, ulong from, ulong to) => draft.NoteDropped(source, from, to);

    /// <summary>
    /// A source was found; the next manifest describes it. When a kill would forget the one before it, <see cref="IsUrgent"/>
    /// asks for a checkpoint.
    /// </summary>
    public void NoteFound(SourceDescriptor source)
    {
        draft.Note(source);
        IsUrgent |= !source.Predecessor.IsEmpty && !spooledTo.ContainsKey(source.Predecessor);
    }

    /// <summary>A source has ended; the next manifest describes it.</summary>
    public void NoteEnd(SourceDescriptor source) => draft.Note(source);

    /// <summary>
    /// <see cref="Tick"/> must come before anything more is sealed. A source found since the last checkpoint, of which nothing was
    /// spooled, is known to this process alone. Its rotated file is found again after a kill because it is younger than the last
    /// source known of its path, and were its successor spooled, it no longer would be.
    /// </summary>
    public bool IsUrgent { get; private set; }

    /// <summary>
    /// Does what time asks for: writes what could not be written, manifests of closed buckets, a checkpoint, pruning.
    /// <paramref name="positions"/> and <paramref name="finder"/> are asked only for a checkpoint; a position must not be ahead of what was sealed.
    /// </summary>
    public void Tick(IEnumerable<SourcePosition> positions, Func<byte[]>? finder = null)
    {
        WriteWaiting();
        WriteManifestIfDue(Now());
        TimeSpan since = settings.Clock.GetElapsedTime(lastCheckpoint);
        bool moved = End != saved.Spooled || Delivered != saved.Delivered || manifestTo != saved.ManifestTo;
        // The first one is due at once: it says from when on files were followed.
        bool due = !hasSaved || since >= (moved ? settings.CheckpointInterval : IdleCheckpointInterval);
        if ((due || noted || IsUrgent) && unwritten.Count == 0)
            SaveCheckpoint(positions, finder);
    }

    /// <summary>The clean end: a goodbye manifest that closes the current bucket, and a last checkpoint.</summary>
    public void Close(IEnumerable<SourcePosition> positions, Func<byte[]>? finder = null)
    {
        WriteWaiting();
        ulong now = Now();
        WriteManifestIfDue(now);
        if (unwritten.Count > 0)
            return;
        WriteManifest(LogTime.Floor(now, settings.BucketWidth) + settings.BucketWidth, ManifestFlags.Goodbye);
        SaveCheckpoint(positions, finder);
    }

    /// <summary>
    /// The last act of a clean end, after reading and shipping have stopped: keeps what was delivered meanwhile, so that the next
    /// start does not send it again.
    /// </summary>
    public void SaveDelivered() => Save(saved with { Delivered = Delivered });

    /// <summary>Called by the shipper: everything before the mark is delivered, these many bytes more than before.</summary>
    public void MarkDelivered(SpoolMark mark, long bytes)
    {
        lock (signal)
        {
            if (mark > delivered)
                delivered = mark;
        }
        Interlocked.Add(ref deliveredBytes, bytes);
    }

    public void Dispose() => writer?.Dispose();

    /// <summary>The clock, but never before what was sealed already: buckets that are closed stay closed.</summary>
    private ulong Now() => Math.Max(LogTime.Now(settings.Clock), lastSealed);

    private void WriteWaiting()
    {
        while (unwritten.TryPeek(out Packet? packet))
        {
            if (!TryWrite(packet.Header.Bucket, RecordType.Packet, packet.Id, packet.Frame.Span))
                return;
            unwritten.Dequeue();
            draft.Add(packet.Id, packet.Header);
            foreach (SourceRange range in packet.Header.Sources)
                spooledTo[range.Source] = range.To;
        }
    }

    private bool TryWrite(ulong bucket, RecordType type, PacketId id, ReadOnlySpan<byte> body)
    {
        try
        {
            if (writer is null || bucket != writerBucket)
                OpenFile(bucket);
            writer!.Append(type, id, body);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!failing)
                SpoolLog.WriteFailed(log, e.Message);
            failing = true;
            return false;
        }
        if (failing)
            SpoolLog.WriteWorks(log);
        failing = false;
        Interlocked.Add(ref appendedBytes, RecordHeader.Bytes + body.Length);
        lock (signal)
            end = new SpoolMark(writerBucket, writer.Length);
        signal.Set();
        return true;
    }

    private void OpenFile(ulong bucket)
    {
        writer?.Sync();
        writer?.Dispose();
        writer = null;
        writer = files.OpenAppend(bucket);
        writerBucket = bucket;
        if (writer.TornBytes > 0)
            SpoolLog.TornTail(log, writer.TornBytes, writer.Path);
        lock (signal)
            end = new SpoolMark(bucket, writer.Length);
    }

    private void WriteManifestIfDue(ulong now)
    {
        ulong closed = LogTime.Floor(now, settings.BucketWidth);
        if (manifestTo == 0 && draft.IsEmpty)
            manifestTo = closed;
        if (closed > manifestTo && unwritten.Count == 0)
            WriteManifest(closed, ManifestFlags.None);
    }

    /// <summary>One manifest, or several parts, for everything up to <paramref name="to"/>; on a failing disk it is tried again later.</summary>
    private void WriteManifest(ulong to, ManifestFlags flags)
    {
        ulong from = manifestTo == 0 ? LogTime.Floor(Math.Min(lastSealed, to - 1), settings.BucketWidth) : Math.Min(manifestTo, to);
        flags |= (wasDown ? ManifestFlags.WasDown : 0) | (stateLost ? ManifestFlags.StateLost : 0);
        foreach ((IReadOnlyList<PacketId> packets, IReadOnlyList<ManifestSource> sources) in draft.Parts())
        {
            var manifest = new Manifest
            {
                Agent = settings.Agent,
                Host = settings.Host,
                Epoch = epoch,
                Number = manifestNumber,
                SealedTime = Math.Max(lastSealed, to),
                BucketSeconds = settings.BucketSeconds,
                CoversFrom = from,
                CoversTo = to,
                Previous = manifestId,
                Flags = flags,
                Packets = packets,
                Sources = sources,
            };
            byte[] bytes = manifest.ToArray();
            PacketId id = Packet.IdOf(bytes);
            if (!TryWrite(manifest.Bucket, RecordType.Manifest, id, bytes))
                return;
            manifestNumber++;
            manifestId = id;
            from = manifestTo = to;
            lastSealed = Math.Max(lastSealed, to);
        }
        wasDown = stateLost = noted = false;
        draft.Clear();
    }

    private void SaveCheckpoint(IEnumerable<SourcePosition> positions, Func<byte[]>? finder)
    {
        SourcePosition[] sources = [.. positions];
        foreach (SourcePosition source in sources)
        {
            if (source.Position > spooledTo.GetValueOrDefault(source.Descriptor.Id, source.Descriptor.FirstOffset ?? 0))
                throw new InvalidOperationException($"{source.Descriptor.Path}: position {source.Position} is ahead of the spool; a crash now would lose lines");
        }
        var checkpoint = new Checkpoint
        {
            Spooled = End,
            Delivered = Delivered,
            LastSealed = lastSealed,
            ManifestTo = manifestTo,
            ManifestId = manifestId,
            Sources = sources,
            Pending = draft.Noted(),
            Finder = finder?.Invoke(),
        };
        lastCheckpoint = settings.Clock.GetTimestamp();
        Save(checkpoint);
    }

    private void Save(Checkpoint checkpoint)
    {
        try
        {
            writer?.Sync();
            Disk.AtomicFile.Write(settings.Disk, settings.CheckpointPath, checkpoint.ToArray());
            saved = checkpoint;
            hasSaved = true;
            noted = IsUrgent = false;
            foreach (SourcePosition source in checkpoint.Sources)
                spooledTo.TryAdd(source.Descriptor.Id, source.Position);
            Prune();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SpoolLog.CheckpointFailed(log, e.Message);
        }
    }

    /// <summary>Files are pruned oldest first, only behind every mark of the saved checkpoint, when too old or too many.</summary>
    private void Prune()
    {
        ulong keepFrom = Math.Min(Math.Min(saved.Spooled.Bucket, saved.Delivered.Bucket), saved.ManifestTo == 0 ? ulong.MaxValue : saved.ManifestTo - settings.BucketWidth);
        ulong oldest = Now() - Math.Min(Now(), LogTime.FromTimeSpan(settings.AgeMax));
        ulong[] buckets = [.. files.Buckets()];
        if (buckets.Length == 0 || buckets[0] >= keepFrom)
            return;
        long bytes = buckets[0] < oldest ? 0 : buckets.Sum(files.BytesOf);
        foreach (ulong bucket in buckets)
        {
            if (bucket >= keepFrom || (bucket >= oldest && bytes <= settings.BytesMax))
                return;
            bytes -= files.BytesOf(bucket);
            files.Delete(bucket);
            settings.Disk.SyncDirectory(settings.SpoolDirectory);
        }
    }
}
