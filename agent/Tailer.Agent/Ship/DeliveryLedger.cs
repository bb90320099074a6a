using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// Which records are delivered, which are on their way, and what is to be sent next. The spool is cut into lanes: each is sent in
/// order, from its start on, and ends where the next one begins. When shipping has fallen behind, <see cref="Overtake"/> begins a
/// lane at the end of the spool, so that new lines need not wait for old ones; a lane whose records are all delivered becomes
/// one with the lane behind it.
/// <para>
/// The mark is how far the first lane is delivered without a hole; it never passes a record that is not delivered. What later lanes
/// have delivered without a hole are the ranges ahead of the mark. Bounded: <see cref="LanesMax"/> lanes; with so many, the newest is
/// sent in order however far it is behind. Thread-safe; records are added by one thread.
/// </para>
/// </summary>
internal sealed class DeliveryLedger
{
    public const int LanesMax = DeliveryProgress.AheadMax + 1;

    private readonly Lock gate = new();
    private readonly List<Lane> lanes = [];
    private readonly TimeProvider clock;
    private readonly ulong bucketWidth;
    private readonly Action<DeliveryProgress, long> report;
    private int count;

    /// <summary><paramref name="report"/> is told of every move, in order: what is delivered, and how many bytes more lie before the mark.</summary>
    public DeliveryLedger(DeliveryProgress start, TimeProvider clock, ulong bucketWidth, Action<DeliveryProgress, long> report)
    {
        this.clock = clock;
        this.bucketWidth = bucketWidth;
        this.report = report;
        lanes.Add(new Lane(start.Mark, start.Mark, 0));
        foreach (SpoolRange range in start.Ahead)
            lanes.Add(new Lane(range.From, range.To, range.Bytes));
    }

    /// <summary>Records on their way.</summary>
    public int Count => Volatile.Read(ref count);

    public int Lanes
    {
        get
        {
            lock (gate)
                return lanes.Count;
        }
    }

    /// <summary>
    /// How long the oldest record that is not delivered has waited; zero when there is none. That is since it was read from
    /// the spool, or since its bucket ended, if that is longer ago: an agent that was down has a past.
    /// </summary>
    public TimeSpan Lag
    {
        get
        {
            lock (gate)
            {
                if (lanes[0].Open.TryPeek(out Entry? oldest))
                {
                    TimeSpan taken = clock.GetElapsedTime(oldest.Taken);
                    TimeSpan written = SinceEndOf(oldest.Record.Mark.Bucket);
                    return taken > written ? taken : written;
                }
                return lanes.Count > 1 ? SinceEndOf(lanes[0].Next.Bucket) : TimeSpan.Zero;
            }
        }
    }

    /// <summary>
    /// Lanes with something to send before <paramref name="end"/>: the newest first, then the oldest first. Each with the mark at which
    /// its reading ends.
    /// </summary>
    public void ListReadable(SpoolMark end, List<(Lane Lane, SpoolMark Limit)> into)
    {
        into.Clear();
        lock (gate)
        {
            Lane newest = lanes[^1];
            if (newest.Next < end)
                into.Add((newest, end));
            for (int i = 0; i < lanes.Count - 1; i++)
            {
                if (lanes[i].Next < lanes[i + 1].Start)
                    into.Add((lanes[i], lanes[i + 1].Start));
            }
        }
    }

    /// <summary>The next record of a lane is on its way.</summary>
    public Entry Add(Lane lane, SpoolRecord record)
    {
        lock (gate)
        {
            var entry = new Entry(lane, record, clock.GetTimestamp());
            lane.Open.Enqueue(entry);
            lane.Next = record.Next;
            count++;
            return entry;
        }
    }

    /// <summary>Nothing was begun behind this lane.</summary>
    public bool IsNewest(Lane lane)
    {
        lock (gate)
            return lanes[^1] == lane;
    }

    /// <summary>Begins a lane at a mark behind everything sent so far; false when there are too many.</summary>
    public bool Overtake(SpoolMark at)
    {
        lock (gate)
        {
            if (lanes.Count >= LanesMax || at <= lanes[^1].Next)
                return false;
            lanes.Add(new Lane(at, at, 0));
            return true;
        }
    }

    /// <summary>There is no record between what was added last to a lane and the mark at which its reading ends.</summary>
    public void Exhausted(Lane lane, SpoolMark limit)
    {
        lock (gate)
        {
            lane.Next = limit;
            if (lane.Open.Count == 0)
                lane.DoneTo = limit;
            Move(0);
        }
    }

    /// <summary>The record is delivered (or will never be, which is somebody else's to report).</summary>
    public void Complete(Entry entry)
    {
        lock (gate)
        {
            entry.IsDone = true;
            count--;
            Lane lane = entry.Lane;
            long bytes = 0;
            while (lane.Open.TryPeek(out Entry? first) && first.IsDone)
            {
                lane.Open.Dequeue();
                lane.DoneTo = first.Record.Next;
                bytes += RecordHeader.Bytes + first.Record.BodyBytes;
            }
            if (bytes == 0)
                return;
            if (lane.Open.Count == 0)
                lane.DoneTo = lane.Next;
            if (lane != lanes[0])
            {
                lane.DoneBytes += bytes;
                bytes = 0;
            }
            Move(bytes);
        }
    }

    /// <summary>Joins lanes that touch, and says how far it is.</summary>
    private void Move(long bytes)
    {
        for (int i = 0; i + 1 < lanes.Count;)
        {
            Lane lane = lanes[i];
            Lane next = lanes[i + 1];
            if (lane.Open.Count > 0 || lane.Next < next.Start)
            {
                i++;
                continue;
            }
            // Its own bytes are before the mark already if it is the first; those of the next one come to them now.
            bytes += i == 0 ? next.DoneBytes : 0;
            next.DoneBytes = i == 0 ? 0 : lane.DoneBytes + next.DoneBytes;
            next.Start = lane.Start;
            lanes.RemoveAt(i);
        }
        report(new DeliveryProgress(lanes[0].DoneTo, [.. lanes.Skip(1).Where(l => l.DoneTo > l.Start).Select(l => new SpoolRange(l.Start, l.DoneTo, l.DoneBytes))]), bytes);
    }

    private TimeSpan SinceEndOf(ulong bucket)
    {
        ulong now = LogTime.Now(clock);
        return LogTime.ToTimeSpan(now - Math.Min(now, bucket + bucketWidth));
    }

    /// <summary>A stretch of the spool that is sent in order. All but the cursor belongs to the ledger.</summary>
    internal sealed class Lane(SpoolMark start, SpoolMark next, long doneBytes)
    {
        public SpoolMark Start { get; set; } = start;

        /// <summary>Behind the last record added.</summary>
        public SpoolMark Next { get; set; } = next;

        /// <summary>Everything from the start to here is delivered.</summary>
        public SpoolMark DoneTo { get; set; } = next;

        public long DoneBytes { get; set; } = doneBytes;

        public Queue<Entry> Open { get; } = new();

        /// <summary>The sender's, while it reads this lane from files.</summary>
        public SpoolCursor? Cursor { get; set; }
    }

    internal sealed class Entry(Lane lane, SpoolRecord record, long taken)
    {
        public Lane Lane => lane;

        public SpoolRecord Record => record;

        /// <summary>When it was read from the spool; a timestamp of the clock.</summary>
        public long Taken => taken;

        public bool IsDone { get; set; }
    }
}
