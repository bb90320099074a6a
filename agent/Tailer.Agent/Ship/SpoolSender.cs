using System.Buffers.Binary;
using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>
/// Takes records from the spool in the order in which they are to be sent. Usually that is the order in which they were written. Once
/// shipping is more than <see cref="OvertakeAfter"/> behind, new records go first, and of every four sends one is of the backlog
/// even while new ones come without end.
/// </summary>
internal sealed class SpoolSender(SpoolStore spool, DeliveryLedger ledger, RecordSender sender, LinkSet links, ShipCounters counters, TimeProvider clock, ILogger log)
{
    private static readonly TimeSpan OvertakeAfter = TimeSpan.FromSeconds(10);
    private const int BacklogShare = 4;

    private readonly List<(DeliveryLedger.Lane Lane, SpoolMark Limit)> readable = [];
    private int turn;

    /// <summary>What lies before may have been sent by the process before.</summary>
    private readonly SpoolMark began = spool.End;

    public async Task Run(CancellationToken stop)
    {
        RememberManifest();
        while (true)
        {
            if (TryTake() is not { } next)
            {
                await spool.Signal.Wait(stop);
                continue;
            }
            await links.WaitForRoom(stop);
            await sender.Begin(next.Delivery, next.Body, stop);
        }
    }

    /// <summary>What the process before sent last is repeated with the first manifest of this one.</summary>
    private void RememberManifest()
    {
        if (spool.LastManifest is not { } record)
            return;
        using var cursor = new SpoolCursor(spool.Files, record.Mark, log);
        if (cursor.TryNext(record.Next) is { } found && found.Id == record.Id)
            sender.Remember(found.Id, cursor.Body.ToArray());
    }

    private (Delivery Delivery, RecordBody Body)? TryTake()
    {
        while (true)
        {
            ledger.ListReadable(spool.End, readable);
            if (readable.Count == 0)
                return null;
            (DeliveryLedger.Lane lane, SpoolMark limit) = readable[turn % BacklogShare == 0 && readable.Count > 1 ? 1 : 0];
            bool isNewest = ledger.IsNewest(lane);
            if (TryTakeFrom(lane, limit, out Delivery? delivery, out RecordBody? body))
            {
                turn++;
                return (delivery!, body!);
            }
            if (!TryEnd(lane, limit, isNewest))
                return null;
        }
    }

    /// <summary>Nothing more to read in a lane: true when another may have something.</summary>
    private bool TryEnd(DeliveryLedger.Lane lane, SpoolMark limit, bool isNewest)
    {
        // The newest lane ends where the spool does. That its end cannot be read happens when somebody cut the file.
        bool reached = lane.Cursor is { } cursor && cursor.Position >= limit;
        lane.Cursor?.Dispose();
        lane.Cursor = null;
        if (!isNewest || reached)
            ledger.Exhausted(lane, limit);
        return !isNewest || reached;
    }

    private bool TryTakeFrom(DeliveryLedger.Lane lane, SpoolMark limit, out Delivery? delivery, out RecordBody? body)
    {
        (delivery, body) = (null, null);
        if (spool.Recent.TryTake(lane.Next, out SpoolRecord? record, out ReadOnlyMemory<byte> bytes) && record!.Next <= limit)
        {
            lane.Cursor?.Dispose();
            lane.Cursor = null;
            body = RecordBody.Of(bytes);
        }
        else
        {
            lane.Cursor ??= new SpoolCursor(spool.Files, lane.Next, log, spool.NoteDamage);
            record = lane.Cursor.TryNext(limit);
            if (record is null)
                return false;
            body = RecordBody.CopyOf(lane.Cursor.Body);
            OvertakeWhenOld(lane, record, lane.Cursor.Body.Span);
        }
        delivery = new Delivery(record, ledger.Add(lane, record)) { MayHaveBeenSent = record.Mark < began };
        return true;
    }

    /// <summary>What was sealed long ago, with more behind it, must not hold up what is sealed now.</summary>
    private void OvertakeWhenOld(DeliveryLedger.Lane lane, SpoolRecord record, ReadOnlySpan<byte> body)
    {
        SpoolMark end = spool.End;
        if (record.Type != RecordType.Packet || body.Length < FrameHeader.SealedTimeAt + sizeof(ulong) || record.Next >= end || !ledger.IsNewest(lane))
            return;
        ulong sealedTime = BinaryPrimitives.ReadUInt64LittleEndian(body[FrameHeader.SealedTimeAt..]);
        ulong now = LogTime.Now(clock);
        if (sealedTime + LogTime.FromTimeSpan(OvertakeAfter) < now && ledger.Overtake(end))
            counters.Overtook();
    }
}
