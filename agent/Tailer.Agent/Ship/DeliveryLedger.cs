namespace Tailer.Agent;

/// <summary>Which records are on their way, in spool order: what is delivered without a hole before it may be forgotten.</summary>
internal sealed class DeliveryLedger
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

    public Entry Add(SpoolRecord record)
    {
        var entry = new Entry(record);
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
                bytes += Blocks.RecordHeader.Bytes + first.Record.BodyBytes;
                moved = (first.Record.Next, bytes);
            }
            return moved;
        }
    }

    internal sealed class Entry(SpoolRecord record)
    {
        public SpoolRecord Record => record;

        public bool Done { get; set; }
    }
}
