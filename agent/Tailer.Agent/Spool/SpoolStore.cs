using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Blocks.Native;

namespace Tailer.Agent;

/// <summary>
/// The spool: an ordered log of packets and manifests in bucket files, and the checkpoint. Owned by the reading loop's thread; the
/// shipper reads the files behind <see cref="End"/> and says by <see cref="Report"/> what is delivered.
/// <para>
/// Promise: after <see cref="TrySeal"/> returned and <see cref="IsFull"/> is false the packet survives kill -9, and after the next
/// checkpoint (at once, where every packet is synced) a power loss. Nothing is dropped here: when a write fails the packet stays in
/// memory, and <see cref="IsFull"/> stops the reading until it is written. Whatever is in the state directory, a start succeeds.
/// </para>
/// </summary>
internal sealed class SpoolStore : IDisposable
{
    /// <summary>When nothing moved, there is little a checkpoint could add.</summary>
    private static readonly TimeSpan IdleCheckpointInterval = TimeSpan.FromMinutes(1);

    /// <summary>How soon a checkpoint that failed is tried again.</summary>
    private static readonly TimeSpan RetryCheckpointAfter = TimeSpan.FromSeconds(1);

    private readonly SpoolSettings settings;
    private readonly SpoolFiles files;
    private readonly ILogger log;
    private readonly CheckpointFile checkpoints;
    private readonly SpoolWriter writer;
    private readonly SpoolClock time;
    private readonly ManifestChain manifests;
    private readonly SpoolPruner pruner;
    private readonly Resealer resealer;
    private readonly Queue<Packet> unwritten = new();
    private readonly SpoolSignal signal = new();
    private readonly RecentRecords recent = new();
    private readonly Lock gate = new();

    /// <summary>Every source that a start would know of, by spool or checkpoint, and how far.</summary>
    private readonly Dictionary<SourceId, ulong> spooledTo = [];
    private EpochId epoch = NewEpoch();
    private ulong number;
    private SpoolMark manifested;
    private bool noted;
    private bool saidFull;
    private Checkpoint saved;
    private bool hasSaved;
    private long lastCheckpoint;
    private long heldBytes;
    private long undeliveredBytes;
    private SpoolMark end;
    private DeliveryProgress progress;
    private readonly List<SpoolMark> damageFound = [];
    private readonly List<(SourceDescriptor Source, Skip Skip)> givenUp = [];

    private SpoolStore(SpoolSettings settings, SpoolFiles files, CheckpointFile checkpoints, SpoolRecovery recovery, ILogger log)
    {
        this.settings = settings;
        this.files = files;
        this.checkpoints = checkpoints;
        this.log = log;
        noted = recovery.Lost.Count > 0;
        LostRanges = recovery.Lost.Count;
        Recovered = recovery.Positions;
        StateWasLost = recovery.FoundNothing;
        saved = recovery.Checkpoint;
        RecoveredFinder = recovery.Checkpoint.Finder;
        time = new SpoolClock(settings.Clock, settings.BucketWidth, recovery.LastSealed, recovery.ClockSeen);
        manifests = new ManifestChain(settings, time, recovery) { Write = TryWrite };
        resealer = new Resealer(files, time, manifests, log) { Write = TrySealAgain, IsWritten = () => unwritten.Count == 0 && !time.IsSetBack };
        pruner = new SpoolPruner(settings, files, log);
        manifested = recovery.Manifested;
        LastManifest = recovery.LastManifest;
        undeliveredBytes = recovery.UndeliveredBytes;
        heldBytes = recovery.Bytes;
        end = recovery.End;
        progress = recovery.Checkpoint.Delivered;
        foreach (SourcePosition position in recovery.Positions.Values)
            spooledTo[position.Descriptor.Id] = position.Position;
        lastCheckpoint = settings.Clock.GetTimestamp();
        writer = new SpoolWriter(settings, files, log);
        writer.Continue(recovery.End, recovery.LastBucket);
    }

    /// <summary>Where each source stood when the agent ended, by checkpoint and spool.</summary>
    public IReadOnlyDictionary<SourceId, SourcePosition> Recovered { get; }

    /// <summary>What the checkpoint kept for the finder; empty without one.</summary>
    public ReadOnlyMemory<byte> RecoveredFinder { get; }

    /// <summary>Nothing was found: what is read from files now may have been sent before.</summary>
    public bool StateWasLost { get; }

    /// <summary>The last manifest an earlier process left in the spool.</summary>
    public SpoolRecord? LastManifest { get; }

    /// <summary>Ranges of sources that were lost with damaged parts of the spool.</summary>
    public int LostRanges { get; private set; }

    /// <summary>How often the clock was set back so far that packets followed it.</summary>
    public int ClockSteps { get; private set; }

    /// <summary>Packets and manifests that a clock far ahead had sealed, and that were sealed again. Any thread.</summary>
    public int SealedAgain => resealer.Count;

    /// <summary>
    /// Reading must pause: too much is undelivered (or, when checkpoints fail and nothing can be pruned, held), or the disk takes
    /// no writes.
    /// </summary>
    public bool IsFull
    {
        get
        {
            long undelivered = UndeliveredBytes;
            bool full = undelivered >= settings.BytesMax;
            if (full && !saidFull)
                SpoolLog.Full(log, undelivered);
            saidFull = full;
            // What is delivered goes with the next checkpoint after its bucket's end, so it is no reason to wait; but without checkpoints nothing goes.
            bool isStuck = checkpoints.IsFailing && heldBytes >= 2 * settings.BytesMax;
            return full || isStuck || unwritten.Count > 0 || (settings.SyncPackets && writer.Written != end) || (IsUrgent && checkpoints.IsFailing);
        }
    }

    /// <summary>Bytes behind the first record that is not delivered.</summary>
    public long UndeliveredBytes => Interlocked.Read(ref undeliveredBytes);

    public ulong BucketWidth => settings.BucketWidth;

    /// <summary>Tells the shipper that there is more.</summary>
    public SpoolSignal Signal => signal;

    public SpoolFiles Files => files;

    /// <summary>What was just written; for the shipper.</summary>
    public RecentRecords Recent => recent;

    /// <summary>Everything before it may be shipped.</summary>
    public SpoolMark End
    {
        get
        {
            lock (gate)
                return end;
        }
    }

    /// <summary>What is delivered; the shipper moves it on, never back.</summary>
    public DeliveryProgress Progress
    {
        get
        {
            lock (gate)
                return progress;
        }
    }

    /// <summary>Everything before it is delivered.</summary>
    public SpoolMark Delivered => Progress.Mark;

    /// <summary>Throws only what is no disk's fault. A disk that takes no writes now is one that takes them later.</summary>
    public static SpoolStore Open(SpoolSettings settings, ILogger log)
    {
        var files = new SpoolFiles(settings);
        var checkpoints = new CheckpointFile(settings, log);
        SpoolRecovery recovery = SpoolRecovery.Run(settings, files, checkpoints, log);
        var store = new SpoolStore(settings, files, checkpoints, recovery, log);
        store.Prepare();
        SpoolLog.Recovered(log, store.Recovered.Count, store.UndeliveredBytes);
        return store;
    }

    /// <summary>
    /// Stamps what the builder holds, writes it to the spool and wakes the shipper. The builder is empty afterwards. Null, and nothing done,
    /// when it is too much for a packet: then its halves go one after the other.
    /// </summary>
    public Packet? TrySeal(PacketBuilder builder, DeliverySettings delivery)
    {
        FollowClock();
        ulong now = time.Now();
        WriteManifestIfDue(now);
        Packet? packet = builder.TrySeal(new PacketStamp
        {
            Agent = settings.Agent,
            Epoch = epoch,
            Number = number,
            SealedTime = now,
            BucketSeconds = settings.BucketSeconds,
            Copies = delivery.Copies,
            Flags = delivery.FsyncBeforeAck ? FrameFlags.FsyncBeforeAck : FrameFlags.None,
            BoundaryCopy = delivery.BoundaryCopy,
        });
        if (packet is null)
            return null;
        number++;
        Write(packet);
        return packet;
    }

    /// <summary>
    /// Bucks refuse this record because a clock far ahead sealed it: it is sealed again, and <paramref name="done"/> told by the reading
    /// thread. False, and nothing done, when too many wait for that. Any thread.
    /// </summary>
    public bool TryReseal(SpoolRecord record, Action<ResealOutcome> done) => resealer.TryAccept(record, done);

    /// <summary>Bytes of a source that will never be sent; the next manifest says so, and a checkpoint is due at once.</summary>
    public void NoteSkip(SourceDescriptor source, Skip skip)
    {
        manifests.Draft.Note(source, skip);
        spooledTo[source.Id] = Math.Max(skip.To, spooledTo.GetValueOrDefault(source.Id));
        noted = true;
    }

    /// <summary>
    /// What a rule took out of the range that the packet sealed last has of the source; the next manifest says so. A start derives it
    /// from the packet again.
    /// </summary>
    public void NoteDropped(SourceDescriptor source, ulong from, ulong to) => manifests.Draft.NoteDropped(source, from, to);

    /// <summary>
    /// A source was found; the next manifest describes it. When a kill would forget the one before it, <see cref="IsUrgent"/>
    /// asks for a checkpoint; so it does for one of which no other tells where it is, <paramref name="isBetween"/>: it is no path's last, or goes on in a copy.
    /// </summary>
    public void NoteFound(SourceDescriptor source, bool isBetween = false)
    {
        manifests.Draft.Note(source);
        IsUrgent |= isBetween || !source.Predecessor.IsEmpty && !spooledTo.ContainsKey(source.Predecessor);
    }

    /// <summary>A source has ended; the next manifest describes it.</summary>
    public void NoteEnd(SourceDescriptor source) => manifests.Draft.Note(source);

    /// <summary>The shipper cannot read the spool at this mark; the next <see cref="Tick"/> finds out what was lost. Any thread.</summary>
    public void NoteDamage(SpoolMark at)
    {
        lock (gate)
            damageFound.Add(at);
    }

    /// <summary>The shipper gave ranges up for good; the next manifest says so. Any thread.</summary>
    public void NoteGivenUp(SourceDescriptor source, Skip skip)
    {
        lock (gate)
            givenUp.Add((source, skip));
    }

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
        TakeLost(positions);
        FollowClock();
        resealer.Run();
        WriteManifestIfDue(time.Now());
        TimeSpan since = settings.Clock.GetElapsedTime(lastCheckpoint);
        if (checkpoints.IsFailing && since < RetryCheckpointAfter)
            return;
        bool moved = End != saved.Spooled || Progress != saved.Delivered || manifests.To != saved.ManifestTo;
        // The first one is due at once: it says from when on files were followed.
        bool due = !hasSaved || since >= (moved ? settings.CheckpointInterval : IdleCheckpointInterval);
        if (unwritten.Count == 0 && (due || noted || IsUrgent))
            SaveCheckpoint(positions, finder);
        else if (unwritten.Count > 0 && since >= settings.CheckpointInterval && Progress != saved.Delivered)
            SaveDelivered();
    }

    /// <summary>The clean end: a goodbye manifest that closes the current bucket, and a last checkpoint.</summary>
    public void Close(IEnumerable<SourcePosition> positions, Func<byte[]>? finder = null)
    {
        WriteWaiting();
        FollowClock();
        ulong now = time.Now();
        WriteManifestIfDue(now);
        if (unwritten.Count > 0)
            return;
        WriteManifest(LogTime.Floor(now, settings.BucketWidth) + settings.BucketWidth, ManifestFlags.Goodbye);
        SaveCheckpoint(positions, finder);
    }

    /// <summary>
    /// Keeps what was delivered since the last checkpoint, and prunes. The last act of a clean end, after reading and shipping have
    /// stopped, so that the next start does not send it again; and how a full disk gets room while no whole checkpoint can be made,
    /// because a packet waits in memory.
    /// </summary>
    public void SaveDelivered() => Save(saved with { Delivered = Progress });

    /// <summary>Called by the shipper: what is delivered now, and how many bytes more lie before its mark.</summary>
    public void Report(DeliveryProgress delivered, long bytes)
    {
        lock (gate)
        {
            progress = delivered;
            // Damage that shipping stepped over was no record, so nobody says that it is delivered.
            undeliveredBytes = delivered.Mark >= end ? 0 : undeliveredBytes - bytes;
        }
    }

    public void Dispose() => writer.Dispose();

    private static EpochId NewEpoch()
    {
        Span<byte> random = stackalloc byte[EpochId.Bytes];
        Sodium.RandomBytes(random);
        return EpochId.Read(random);
    }

    /// <summary>What makes the directories and the end of the last file fit to be written; all of it is tried again by the first write.</summary>
    private void Prepare()
    {
        try
        {
            files.Prepare();
            checkpoints.Sweep();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            SpoolLog.WriteFailed(log, e.Message);
        }
        if (end != default && writer.TryOpen())
            Publish();
    }

    /// <summary>
    /// The clock was set back by more than a bucket. What was sealed so far gets its manifest, and a new epoch begins in which sealed
    /// times start again at the clock: otherwise no bucket would end, and no manifest be written, until the clock has caught up.
    /// </summary>
    private void FollowClock()
    {
        if (!time.IsSetBack || unwritten.Count > 0)
            return;
        ulong closed = LogTime.Floor(time.Last, settings.BucketWidth) + settings.BucketWidth;
        if (!manifests.Draft.IsEmpty && !WriteManifest(Math.Max(closed, manifests.To), ManifestFlags.None))
            return;
        TimeSpan by = time.GoBack();
        SpoolLog.ClockSetBack(log, by);
        ClockSteps++;
        epoch = NewEpoch();
        number = 0;
        manifests.GoBack(LogTime.Floor(time.Last, settings.BucketWidth));
    }

    private void Write(Packet packet)
    {
        time.Advance(packet.Header.SealedTime);
        unwritten.Enqueue(packet);
        WriteWaiting();
    }

    /// <summary>The block of a packet whose time was wrong, as a packet of now. True when it is written.</summary>
    private bool TrySealAgain(ReadOnlyMemory<byte> frame)
    {
        ulong now = time.Now();
        WriteManifestIfDue(now);
        Write(Restamp.TrySeal(frame.Span, epoch, number++, now, settings.BucketSeconds) ?? throw new InvalidOperationException("a frame that was read is none any more"));
        return unwritten.Count == 0;
    }

    private void WriteWaiting()
    {
        while (unwritten.TryPeek(out Packet? packet))
        {
            // It may have waited since its bucket began: the manifest of the ones before must not name it.
            if (packet.Header.Bucket > manifests.To && !WriteManifest(packet.Header.Bucket, ManifestFlags.None))
                return;
            if (!TryWrite(packet.Header.Bucket, RecordType.Packet, packet.Id, packet.Frame))
                return;
            unwritten.Dequeue();
            manifests.Draft.Add(packet.Id, packet.Header);
            if (packet.Header.Flags.HasFlag(FrameFlags.SealedAgain))
                continue;
            foreach (SourceRange range in packet.Header.Sources)
                spooledTo[range.Source] = range.To;
        }
        if (settings.SyncPackets && writer.Written != End && writer.TrySync())
            Publish();
    }

    private bool TryWrite(ulong bucket, RecordType type, PacketId id, ReadOnlyMemory<byte> body)
    {
        SpoolMark before = writer.Written;
        if (!writer.TryAppend(bucket, type, id, body))
            return false;
        int bytes = RecordHeader.Bytes + body.Length;
        heldBytes += bytes;
        Interlocked.Add(ref undeliveredBytes, bytes);
        SpoolMark written = writer.Written;
        recent.Add(before, new SpoolRecord(written with { Position = written.Position - bytes }, type, id, body.Length), body);
        if (!settings.SyncPackets || writer.TrySync())
            Publish();
        return true;
    }

    /// <summary>What is written may be shipped.</summary>
    private void Publish()
    {
        lock (gate)
            end = writer.Written;
        signal.Set();
    }

    private void WriteManifestIfDue(ulong now)
    {
        ulong closed = LogTime.Floor(now, settings.BucketWidth);
        if (manifests.To == 0 && (manifests.Draft.IsEmpty || time.Last == 0))
            manifests.BeginAt(closed);
        if (closed <= manifests.To || unwritten.Count > 0)
            return;
        // Should the clock have jumped to a wrong time, what was sealed before that has a manifest that bucks take.
        ulong sealedTo = LogTime.Floor(time.Last, settings.BucketWidth) + settings.BucketWidth;
        if (time.Last > 0 && !manifests.Draft.IsEmpty && sealedTo > manifests.To && sealedTo + LogTime.PerHour < closed && !manifests.TryWriteFirst(sealedTo, epoch))
            return;
        WriteManifest(closed, ManifestFlags.None);
    }

    private bool WriteManifest(ulong to, ManifestFlags flags)
    {
        if (!manifests.TryWrite(to, flags, epoch))
            return false;
        manifested = writer.Written;
        resealer.ManifestWritten();
        return true;
    }

    /// <summary>What the shipper found missing goes into the next manifest.</summary>
    private void TakeLost(IEnumerable<SourcePosition> positions)
    {
        SpoolMark[] damaged;
        lock (gate)
        {
            if (damageFound.Count == 0 && givenUp.Count == 0)
                return;
            damaged = [.. damageFound];
            damageFound.Clear();
            foreach ((SourceDescriptor source, Skip skip) in givenUp)
                manifests.Draft.Note(source, skip);
            LostRanges += givenUp.Count;
            givenUp.Clear();
        }
        noted = true;
        if (damaged.Length == 0)
            return;
        DeliveryProgress delivered = Progress;
        SpoolMark first = damaged.Min();
        foreach ((SourceDescriptor source, Skip skip) in SpoolLoss.Find(files, End, lostEnd: false, at => at >= first && !delivered.Ahead.Any(r => at >= r.From && at < r.To), positions))
        {
            SpoolLog.Lost(log, source.Path, skip.From, skip.To);
            manifests.Draft.Note(source, skip);
            LostRanges++;
        }
    }

    private void SaveCheckpoint(IEnumerable<SourcePosition> positions, Func<byte[]>? finder)
    {
        SourcePosition[] sources = [.. positions];
        foreach (SourcePosition source in sources)
        {
            if (source.Position > spooledTo.GetValueOrDefault(source.Descriptor.Id, source.Descriptor.FirstOffset ?? 0))
                throw new InvalidOperationException($"{source.Descriptor.Path}: position {source.Position} is ahead of the spool; a crash now would lose lines");
        }
        Save(new Checkpoint
        {
            Spooled = writer.Written,
            Delivered = Progress,
            Manifested = manifested,
            LastSealed = time.Last,
            ClockSeen = time.Seen,
            ManifestTo = manifests.To,
            ManifestId = manifests.Last,
            Sources = sources,
            Pending = manifests.Draft.Noted(),
            Finder = finder?.Invoke(),
        });
    }

    private void Save(Checkpoint checkpoint)
    {
        lastCheckpoint = settings.Clock.GetTimestamp();
        if (!writer.TrySync() || !checkpoints.TrySave(checkpoint))
            return;
        if (settings.SyncPackets)
            Publish();
        saved = checkpoint;
        hasSaved = true;
        noted = IsUrgent = false;
        foreach (SourcePosition source in checkpoint.Sources)
            spooledTo.TryAdd(source.Descriptor.Id, source.Position);
        heldBytes -= pruner.Prune(saved, heldBytes, unwritten.Count > 0 || checkpoints.IsPressed);
        checkpoints.Reserve(checkpoint.Bytes);
    }
}
