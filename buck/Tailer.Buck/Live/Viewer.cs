using System.Threading.Channels;
using Tailer.Queries;

namespace Tailer.Buck;

/// <summary>
/// One subscription's queue between the feed, which never waits, and the connection, which may. Bounded by bytes and units;
/// what does not fit is dropped by whole packets and named in a notice, in the place where it is missing; what is late makes room for what is not. <see cref="Offer"/> is called by the feed's
/// thread, <see cref="ReadAsync"/> by one reader.
/// </summary>
internal sealed class Viewer(Query query, LiveFormat format, QueueBudget budget)
{
    /// <summary>A viewer that is this far behind sees the past and not the present; more would only make it later.</summary>
    public const int QueueBytesMax = 4 * 1024 * 1024;

    public const int QueueUnitsMax = 256;

    private readonly Lock gate = new();
    private readonly Queue<LiveItem> queue = new();
    private readonly MissedPackets dropped = new();
    private readonly Channel<byte> signal = Channel.CreateBounded<byte>(new BoundedChannelOptions(1) { SingleReader = true });
    private int queuedBytes;
    private volatile bool closed;

    public Query Query => query;

    public LiveFormat Format => format;

    /// <summary>Packets up to this number are backlog for this viewer, later ones are live.</summary>
    public long Seam { get; set; }

    public bool IsClosed => closed;

    /// <summary>Lines dropped so far.</summary>
    public long DroppedLines { get; private set; }

    /// <summary>Takes the unit or drops it; false when it was dropped.</summary>
    public bool Offer(LiveUnit unit)
    {
        lock (gate)
        {
            if (closed)
                return true;
            if (!TryTakeRoom(unit.Bytes) && (unit.IsLate || !TryMakeRoom(unit.Bytes)))
            {
                NoteDropped(unit);
                return false;
            }
            EnqueueNotice();
            queue.Enqueue(new LiveItem(unit, null));
        }
        signal.Writer.TryWrite(0);
        return true;
    }

    /// <summary>Counts lines the feed itself had to drop before it could look at them: at most so many would have matched.</summary>
    public void Drop(long lines)
    {
        lock (gate)
        {
            dropped.AddUnseen(lines);
            DroppedLines += lines;
        }
        signal.Writer.TryWrite(0);
    }

    /// <summary>The next item; null after <see cref="Close"/>.</summary>
    public async ValueTask<LiveItem?> ReadAsync(CancellationToken cancellation)
    {
        while (!closed)
        {
            if (TryRead() is { } next)
                return next;
            if (!await signal.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false))
                return null;
            signal.Reader.TryRead(out _);
        }
        return null;
    }

    /// <summary>As <see cref="ReadAsync"/>, null when there is nothing now.</summary>
    public LiveItem? TryRead()
    {
        lock (gate)
        {
            if (queue.Count == 0)
                EnqueueNotice();
            if (!queue.TryDequeue(out LiveItem next))
                return null;
            Release(next.Unit?.Bytes ?? 0);
            return next;
        }
    }

    /// <summary>Ends the subscription; the feed forgets it at its next turn.</summary>
    public void Close()
    {
        lock (gate)
        {
            closed = true;
            queue.Clear();
            Release(queuedBytes);
        }
        signal.Writer.TryComplete();
    }

    /// <summary>A single packet larger than the whole queue is let through when nothing else waits, or it would never be.</summary>
    private bool TryTakeRoom(int bytes)
    {
        bool hasRoom = queue.Count == 0 || (queuedBytes + bytes <= QueueBytesMax && queue.Count < QueueUnitsMax);
        if (!hasRoom || !budget.TryTake(bytes))
            return false;
        queuedBytes += bytes;
        return true;
    }

    /// <summary>Drops what is late to have room for what is not.</summary>
    private bool TryMakeRoom(int bytes)
    {
        if (!HoldsLate())
            return false;
        // Once around; what stays keeps its order.
        for (int left = queue.Count; left > 0; left--)
        {
            LiveItem item = queue.Dequeue();
            if (item.Unit is { IsLate: true } late)
            {
                Release(late.Bytes);
                NoteDropped(late);
                BuckMetrics.LiveDroppedLines.Add(late.Packets.Sum(p => p.Matched));
            }
            else
            {
                queue.Enqueue(item);
            }
        }
        return TryTakeRoom(bytes);
    }

    /// <summary>Asked for each unit that a viewer who stands still does not get.</summary>
    private bool HoldsLate()
    {
        foreach (LiveItem item in queue)
        {
            if (item.Unit is { IsLate: true })
                return true;
        }
        return false;
    }

    private void NoteDropped(LiveUnit unit)
    {
        foreach (BatchPacket packet in unit.Packets)
        {
            dropped.Add(packet);
            DroppedLines += packet.Matched;
        }
    }

    private void Release(int bytes)
    {
        queuedBytes -= bytes;
        budget.Return(bytes);
    }

    private void EnqueueNotice()
    {
        if (dropped.TakeNotice() is { } notice)
            queue.Enqueue(new LiveItem(null, notice));
    }
}
