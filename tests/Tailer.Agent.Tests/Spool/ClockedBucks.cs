using Microsoft.Extensions.Logging.Abstractions;
using Tailer.Blocks;

namespace Tailer.Agent.Tests.Spool;

/// <summary>
/// The shipper and bucks whose clock is right, in steps and without connections: they take what is in the spool, but for what was sealed
/// ahead of their clock by more than an hour. That waits, or goes back to be sealed again, by the shipper's rule. What they have
/// outlives the agent.
/// </summary>
internal sealed class ClockedBucks(Func<ulong> now)
{
    private readonly HashSet<PacketId> known = [];
    private readonly List<(DeliveryLedger.Entry Entry, ulong BucketTime, byte[] Body)> refused = [];
    private SpoolStore? spool;
    private DeliveryLedger? ledger;
    private TimeRefusals? times;

    /// <summary>Everything taken, once each, in order.</summary>
    public List<(RecordType Type, PacketId Id, byte[] Body)> Taken { get; } = [];

    /// <summary>Records refused so far.</summary>
    public int Refused { get; private set; }

    public IEnumerable<Packet> Packets => Taken.Where(t => t.Type == RecordType.Packet).Select(t => Packet.TryRead(t.Body, out _)!);

    public IEnumerable<Manifest> Manifests => Taken.Where(t => t.Type == RecordType.Manifest).Select(t => Manifest.TryRead(t.Body)!);

    /// <summary>A life of the agent begins.</summary>
    public void Connect(SpoolStore store, TimeProvider agentClock)
    {
        spool = store;
        refused.Clear();
        ledger = new DeliveryLedger(store.Progress, agentClock, store.BucketWidth, store.Report);
        times = new TimeRefusals(agentClock, store.BucketWidth, new Random(1));
    }

    /// <summary>Everything that can be sent now.</summary>
    public void Step()
    {
        var readable = new List<(DeliveryLedger.Lane Lane, SpoolMark Limit)>();
        ledger!.ListReadable(spool!.End, readable);
        foreach ((DeliveryLedger.Lane lane, SpoolMark limit) in readable)
        {
            using var cursor = new SpoolCursor(spool.Files, lane.Next, NullLogger.Instance, spool.NoteDamage);
            while (cursor.TryNext(limit) is { } record)
            {
                byte[] body = cursor.Body.ToArray();
                if (TimeOf(record.Type, body) is { } time)
                    Offer(ledger.Add(lane, record), time, body);
                else
                    ledger.Complete(ledger.Add(lane, record));
            }
            if (cursor.Position >= limit)
                ledger.Exhausted(lane, limit);
        }
        foreach ((DeliveryLedger.Entry entry, ulong time, byte[] body) in refused.ToArray())
        {
            refused.RemoveAt(0);
            Offer(entry, time, body);
        }
    }

    private static ulong? TimeOf(RecordType type, byte[] body)
    {
        if (type == RecordType.Manifest)
            return Manifest.TryRead(body)?.Bucket;
        return FrameHeader.TryReadFrame(body, out FrameHeader? header) == FrameError.None ? header!.SealedTime : null;
    }

    private void Offer(DeliveryLedger.Entry entry, ulong time, byte[] body)
    {
        DeliveryLedger of = ledger!;
        if (entry.Record.Type == RecordType.Manifest && times!.IsFarAhead(time) && times.Refuses(time) && spool!.TryReseal(entry.Record, outcome => Resealed(of, entry, time, body, outcome)))
            return;
        if (LogTime.Floor(time, spool!.BucketWidth) <= now() + LogTime.PerHour)
        {
            if (known.Add(entry.Record.Id))
                Taken.Add((entry.Record.Type, entry.Record.Id, body));
            ledger!.Complete(entry);
            return;
        }
        Refused++;
        times!.Refused(time);
        if (times.IsFarAhead(time) && spool.TryReseal(entry.Record, outcome => Resealed(of, entry, time, body, outcome)))
            return;
        refused.Add((entry, time, body));
    }

    private void Resealed(DeliveryLedger of, DeliveryLedger.Entry entry, ulong time, byte[] body, ResealOutcome outcome)
    {
        if (outcome == ResealOutcome.NotAhead)
            refused.Add((entry, time, body));
        else
            of.Complete(entry);
    }
}
