using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Queries;

namespace Tailer.Buck;

/// <summary>
/// The way of a stored packet to those who watch. The write path only copies it into a bounded queue, and only while
/// somebody watches; one thread decodes it once, matches it once per distinct query, and encodes it once per query and format.
/// It never waits for a viewer. When it falls behind, packets are dropped before they are decoded and their events counted as
/// dropped for every viewer, as the most it can have been; those of a backlog first. Counters of monitoring see packets here too, as viewers that never leave.
/// </summary>
internal sealed class LiveFeed(BucketStore store, SourceCatalog catalog, CounterIntake counters, TimeProvider clock, ILogger<LiveFeed> logger) : BackgroundService
{
    /// <summary>Some seconds of full speed: a feed that is further behind shows the past.</summary>
    public const int IntakeBytesMax = 32 * 1024 * 1024;

    public const int IntakePacketsMax = 4096;

    /// <summary>
    /// A part of the intake that is soon decoded: late packets that nobody counts go no further, so that those of an agent's backlog hold up no
    /// new line.
    /// </summary>
    public const int LateIntakeBytesMax = 2 * 1024 * 1024;

    /// <summary>Sealed longer ago, a packet is late: agents send what is newer first by then.</summary>
    private static readonly TimeSpan LateAfter = TimeSpan.FromSeconds(10);

    private readonly object gate = new();
    private readonly Queue<LivePacket> intake = new();
    private readonly Queue<Viewer> joining = new();
    private readonly Queue<(long Seam, long Journal, TaskCompletionSource<SavedCounters> Done)> saves = new();
    private readonly Dictionary<Query, LiveGroup> groups = [];
    private readonly EventEncoder encoder = new();
    private readonly PacketView view = new(catalog);
    private readonly QueueBudget budget = new();
    private long intakeBytes;
    private long offered;
    private long overflowEvents;
    private bool swept = true;
    private bool stopping;
    private bool waiting;
    private int viewers;

    /// <summary>What waits for viewers, at most.</summary>
    public long QueuedBytes => budget.TakenBytes;

    /// <summary>Connections that watch now.</summary>
    public int Viewers => Volatile.Read(ref viewers);

    /// <summary>Everything offered so far has been shown or dropped.</summary>
    public bool IsIdle
    {
        get
        {
            lock (gate)
                return intake.Count == 0 && waiting;
        }
    }

    /// <summary>Called when the first viewer has come or the last has gone, on the thread that did it.</summary>
    public event Action? WatchedChanged;

    /// <summary>
    /// Stores a packet and shows it, as one step in the eyes of a viewer who joins: it is either backlog for that viewer or live,
    /// never both and never neither. No lock is held while the disk works. The frame must not change before this ends.
    /// </summary>
    public async ValueTask<StoreResult> AppendAndShowAsync(
        BucketKey bucket, PacketId id, FrameHeader header, ReadOnlyMemory<byte> frame, bool show, Counting counting = Counting.No, bool healed = false, Action<string>? hangs = null)
    {
        using var offer = new LiveOffer(this, bucket, id, header, frame, show, counting) { Hangs = hangs };
        if ((show && Viewers > 0) || counters.Wants(counting))
            offer.CopyFrame();
        StoreResult result = await store.AppendAsync(new NewRecord(bucket, RecordType.Packet, id, frame) { Healed = healed, Stored = offer.Stored, Hangs = hangs }).ConfigureAwait(false);
        if (result.Outcome == StoreOutcome.Repeat && counters.Wants(counting))
            Offer(offer, isRepeat: true);
        counters.Note(offer);
        return result;
    }

    /// <summary>
    /// Adds a viewer. What is stored up to <paramref name="mark"/> is its backlog, all after it comes live. Waits for no disk. The caller disposes the mark.
    /// </summary>
    public Viewer Join(Query query, LiveFormat format, out StoreMark mark)
    {
        var viewer = new Viewer(query, format, budget);
        int now = 0;
        mark = store.Mark(() =>
        {
            lock (gate)
            {
                viewer.Seam = offered;
                joining.Enqueue(viewer);
                now = Interlocked.Increment(ref viewers);
                Monitor.Pulse(gate);
            }
        });
        if (now == 1)
            WatchedChanged?.Invoke();
        return viewer;
    }

    public void Leave(Viewer viewer)
    {
        viewer.Close();
        lock (gate)
        {
            swept = false;
            Monitor.Pulse(gate);
        }
        if (Interlocked.Decrement(ref viewers) == 0)
            WatchedChanged?.Invoke();
    }

    /// <summary>
    /// The counts at one moment between two packets, with the number of the journal that begins at that moment. Throws
    /// <see cref="IOException"/> when the journal cannot be begun.
    /// </summary>
    public async Task<SavedCounters> SaveCountersAsync(CancellationToken cancellation)
    {
        var done = new TaskCompletionSource<SavedCounters>(TaskCreationOptions.RunContinuationsAsynchronously);
        JournalFile next = counters.Begin();
        lock (gate)
        {
            counters.Part(next);
            saves.Enqueue((offered, next.Number, done));
            Monitor.Pulse(gate);
        }
        return await done.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            stopping = true;
            Monitor.Pulse(gate);
        }
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    public override void Dispose()
    {
        foreach (LiveGroup group in groups.Values)
            group.Dispose();
        view.Dispose();
        encoder.Dispose();
        base.Dispose();
    }

    /// <summary>A thread of its own: decoding and matching must not take turns with the connections' work.</summary>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Called once for a packet that is here, for one that was stored while no mark can be taken.</summary>
    internal void Offer(LiveOffer offer, bool isRepeat)
    {
        FrameHeader header = offer.Header;
        lock (gate)
        {
            counters.Judge(offer, isRepeat);
            bool shown = offer.Show && !isRepeat && viewers > 0;
            if (!shown && offer.Counted is null)
                return;
            offered++;
            bool isLate = header.SealedTime + LogTime.FromTimeSpan(LateAfter) < LogTime.Now(clock);
            int bytesMax = isLate && offer.Counted is null ? LateIntakeBytesMax : IntakeBytesMax;
            if (intake.Count < IntakePacketsMax && intakeBytes + header.FrameBytes <= bytesMax)
            {
                LivePacket packet = offer.TakePacket();
                packet.Number = offered;
                packet.Shown = shown;
                packet.IsLate = isLate;
                intake.Enqueue(packet);
                intakeBytes += header.FrameBytes;
                Monitor.Pulse(gate);
                return;
            }
            if (shown)
                overflowEvents += header.Events;
        }
        if (offer.Counted is not null)
            counters.Missed(header.Events);
        BuckMetrics.LiveOverflowPackets.Add(1);
    }

    private void Run()
    {
        while (Next(out LivePacket? packet, out bool idle))
        {
            if (packet is not null)
                Show(packet);
            FlushDue(idle);
        }
    }

    /// <summary>Waits for something to do, at most until a batch is due. False when the feed stops.</summary>
    private bool Next(out LivePacket? packet, out bool idle)
    {
        lock (gate)
        {
            while (!stopping && intake.Count == 0 && joining.Count == 0 && saves.Count == 0 && swept && overflowEvents == 0)
            {
                TimeSpan wait = UntilDue();
                waiting = wait == Timeout.InfiniteTimeSpan;
                if (!Monitor.Wait(gate, wait))
                    break;
            }
            waiting = false;
            Sweep();
            TellOverflow();
            if (intake.TryDequeue(out packet))
                intakeBytes -= packet.Header.FrameBytes;
            Admit(packet);
            SaveCounters(packet);
            idle = intake.Count == 0;
            return !stopping;
        }
    }

    /// <summary>Lets in whoever joined before this packet was offered.</summary>
    private void Admit(LivePacket? packet)
    {
        long now = clock.GetTimestamp();
        while (joining.TryPeek(out Viewer? viewer) && (packet is null || viewer.Seam < packet.Number))
        {
            joining.Dequeue();
            if (!groups.TryGetValue(viewer.Query, out LiveGroup? group))
                groups.Add(viewer.Query, group = new LiveGroup(viewer.Query, encoder));
            group.Add(viewer, now);
        }
    }

    /// <summary>Before the first packet that is in the new journal.</summary>
    private void SaveCounters(LivePacket? packet)
    {
        while (saves.TryPeek(out (long Seam, long Journal, TaskCompletionSource<SavedCounters> Done) save) && (packet is null || save.Seam < packet.Number))
        {
            saves.Dequeue();
            save.Done.TrySetResult(counters.Save(save.Journal));
        }
    }

    private void Sweep()
    {
        if (swept)
            return;
        swept = true;
        foreach ((Query query, LiveGroup group) in groups)
        {
            group.Sweep();
            if (group.HasViewers)
                continue;
            groups.Remove(query);
            group.Dispose();
        }
    }

    private void Show(LivePacket packet)
    {
        using (packet)
        {
            BlockError error = view.TryDecode(packet.Id, packet.Header, packet.Frame);
            if (error != BlockError.None)
            {
                BuckLog.NotDecodable(logger, packet.Id, packet.Header.Agent, error);
                BuckMetrics.UndecodablePackets.Add(1);
                if (packet.Counted is not null)
                    counters.Missed(packet.Header.Events);
                return;
            }
        }
        if (packet.Counted is { } counted)
            counters.Count(view, counted.Counts, counted.IsUncertain);
        if (!packet.Shown)
            return;
        BuckMetrics.LivePackets.Add(1);
        long now = clock.GetTimestamp();
        foreach (LiveGroup group in groups.Values)
            group.Take(view, packet.IsLate, now);
    }

    /// <summary>To those who wait to be let in as well: the packets were offered after they joined, or they are told too much.</summary>
    private void TellOverflow()
    {
        if (overflowEvents == 0)
            return;
        foreach (Viewer viewer in groups.Values.SelectMany(group => group.Batches).SelectMany(batch => batch.Viewers).Concat(joining))
            viewer.Drop(overflowEvents);
        overflowEvents = 0;
    }

    /// <summary>Lines for scripts leave as soon as nothing more is waiting to join them; the hub's batches keep an interval.</summary>
    private void FlushDue(bool idle)
    {
        long now = clock.GetTimestamp();
        TimeSpan interval = HubInterval;
        foreach (LiveGroup group in groups.Values)
        {
            foreach (LiveBatch batch in group.Batches)
            {
                if (batch.HasEvents && (batch.Format == LiveFormat.Hub ? clock.GetElapsedTime(batch.Flushed, now) >= interval : idle))
                    batch.Flush(now);
            }
        }
    }

    private TimeSpan UntilDue()
    {
        TimeSpan least = Timeout.InfiniteTimeSpan;
        long now = clock.GetTimestamp();
        foreach (LiveBatch batch in groups.Values.SelectMany(group => group.Batches).Where(batch => batch.HasEvents))
        {
            TimeSpan wait = HubInterval - clock.GetElapsedTime(batch.Flushed, now);
            wait = TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(wait.TotalMilliseconds)));
            if (least == Timeout.InfiniteTimeSpan || wait < least)
                least = wait;
        }
        return least;
    }

    /// <summary>
    /// Few viewers get their lines at once; for a thousand a message each every 4 ms would be the work of several cores, so
    /// the interval grows with them to the 25 ms of docs/formats/http.md.
    /// </summary>
    private TimeSpan HubInterval => TimeSpan.FromMilliseconds(Math.Clamp(Viewers / 10, 4, 25));
}
