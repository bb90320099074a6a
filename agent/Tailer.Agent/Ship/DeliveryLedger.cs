using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>Which records are on their way, in spool order: what is delivered without a hole before it may be forgotten.</summary>
internal sealed class DeliveryLedger(TimeProvider clock, ulong bucketWidth)
{
    private readonly Queue<Entry> open = new();

    public int Count
    {
        get
        {
            lock (open)
                return open.Count;
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
            Entry? oldest;
            lock (open)
                open.TryPeek(out oldest);
            if (oldest is null)
                return TimeSpan.Zero;
            TimeSpan taken = clock.GetElapsedTime(oldest.Taken);
            ulong now = LogTime.Now(clock);
            TimeSpan written = LogTime.ToTimeSpan(now - Math.Min(now, oldest.Record.Mark.Bucket + bucketWidth));
            return taken > written ? taken : written;
        }
    }

    public Entry Add(SpoolRecord record)
    {
        var entry = new Entry(record, clock.GetTimestamp());
        lock (open)
            open.Enqueue(entry);
        return entry;
    }

    /// <summary>Marks a record delivered; returns the new mark and the bytes it moved over, or null when an older one is still open.</summary>
    public (SpoolMark Mark, long Bytes)? Complete(Entry entry)
    {
        lock (open)
        {
            entry.Done = true;
            (SpoolMark, long)? moved = null;
            long bytes = 0;
            while (open.TryPeek(out Entry? first) && first.Done)
            {
                open.Dequeue();
                bytes += RecordHeader.Bytes + first.Record.BodyBytes;
                moved = (first.Record.Next, bytes);
            }
            return moved;
        }
    }

    internal sealed class Entry(SpoolRecord record, long taken)
    {
        public SpoolRecord Record => record;

        /// <summary>When it was read from the spool; a timestamp of the clock.</summary>
        public long Taken => taken;

        public bool Done { get; set; }
    }
}
