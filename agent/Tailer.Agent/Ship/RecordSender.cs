using System.Buffers.Binary;
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Wire;

namespace Tailer.Agent;

/// <summary>
/// Sends records to as many bucks as each asks for, many at once. A packet goes to other bucks when one refuses it, loses its
/// connection or does not answer in time.
/// <para>
/// Bounded: <see cref="WindowRecords"/> records are in memory. One that some buck has, while no other can take it, or that all refuse
/// for what it is, gives its place up and is parked as some 300 bytes, at most <see cref="ParkedMax"/>; beyond that sending waits,
/// the spool grows, and at its limit reading stops.
/// </para>
/// </summary>
internal sealed class RecordSender(SpoolStore spool, LinkSet links, ShipOptions options, ShipCounters counters, TimeProvider clock, ILogger log) : IDisposable
{
    public const int WindowRecords = 64;
    public const int ParkedMax = 50_000;

    /// <summary>Parked records looked at in one go: those that cannot go yet take a new place at the end.</summary>
    private const int ParkedLook = 64;

    private static readonly TimeSpan SayDisagreeEvery = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim window = new(WindowRecords, WindowRecords);
    private readonly ConcurrentDictionary<Delivery, bool> active = new();
    private readonly ConcurrentQueue<Delivery> parked = new();
    private readonly TaskCompletionSource failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeRefusals times = new(clock, spool.BucketWidth, Random.Shared);
    private (PacketId Id, ReadOnlyMemory<byte> Bytes) lastManifest;
    private long saidDisagree;

    /// <summary>Fails with what a record's task failed with: a defect or a dead disk.</summary>
    public Task Failed => failed.Task;

    /// <summary>Bucks refuse records as sealed ahead of their clocks, and this host's clock does not say so. Any thread.</summary>
    public bool ClocksDisagree => counters.RefusedAhead > 0 && times.ClocksDisagree;

    /// <summary>What is not delivered and not given up, in memory or parked.</summary>
    public IEnumerable<Delivery> Open => active.Keys;

    /// <summary>Called with each record that is delivered, or given up.</summary>
    public required Action<Delivery> OnDone { get; init; }

    /// <summary>Waits for a place, then sends; returns when the sending has begun.</summary>
    public async Task Begin(Delivery delivery, RecordBody body, CancellationToken stop)
    {
        await window.WaitAsync(stop);
        active.TryAdd(delivery, true);
        _ = Work(delivery, body, stop);
    }

    /// <summary>The manifest that the next one repeats.</summary>
    public void Remember(PacketId id, ReadOnlyMemory<byte> manifest) => lastManifest = (id, manifest);

    /// <summary>Takes parked records up again when a buck can take them.</summary>
    public async Task RunParked(CancellationToken stop)
    {
        while (true)
        {
            Task change = links.Changed;
            int started = 0;
            for (int i = Math.Min(ParkedLook, parked.Count); i > 0 && parked.TryDequeue(out Delivery? delivery); i--)
            {
                if (TryReseal(delivery))
                {
                    counters.Owe(-1);
                    started++;
                }
                else if (IsDue(delivery) && links.Pick(delivery.LeaveOut(), [], 1).Count > 0)
                {
                    counters.Owe(-1);
                    await window.WaitAsync(stop);
                    started++;
                    _ = Work(delivery, null, stop);
                }
                else
                {
                    parked.Enqueue(delivery);
                }
            }
            if (started == 0)
                await links.Wait(change, stop);
        }
    }

    public void Dispose() => window.Dispose();

    private bool IsDue(Delivery delivery)
    {
        if (delivery.RetryAt == 0)
            return true;
        if (delivery.IsRefusedAhead ? !times.MayTry(delivery.BucketTime) : clock.GetTimestamp() < delivery.RetryAt)
            return false;
        delivery.RetryAt = 0;
        delivery.ForgetRefusals();
        return true;
    }

    private async Task Work(Delivery delivery, RecordBody? body, CancellationToken stop)
    {
        try
        {
            body ??= ReadBack(delivery.Record);
            if (body is null || !Understand(delivery, body))
                GiveUp(delivery, damaged: true, body);
            else if (!await Send(delivery, body, stop))
                Park(delivery);
            body?.Return();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Not delivered: the next start sends it again from the spool.
            return;
        }
        catch (Exception e)
        {
            failed.TrySetException(e);
        }
        finally
        {
            window.Release();
            links.NoteChange();
        }
    }

    /// <summary>True when it is done with; false when it is to be parked. All sends have ended then.</summary>
    private async Task<bool> Send(Delivery delivery, RecordBody body, CancellationToken stop)
    {
        if (delivery.Record.Type == RecordType.Manifest && !delivery.IsRefusedAhead && times.IsFarAhead(delivery.BucketTime) && times.Refuses(delivery.BucketTime))
        {
            delivery.IsRefusedAhead = true;
            counters.WaitsForTime(1);
            if (TryReseal(delivery))
                return true;
        }
        var sends = new List<Task<(string Buck, SendResult Result)>>(2);
        bool isDone = false;
        while (!isDone || sends.Count > 0)
        {
            Task change = links.Changed;
            List<BuckLink> targets = isDone ? [] : links.Pick(delivery.LeaveOut(), [.. delivery.BucksTaken().Select(links.ZoneOf)], delivery.Missing);
            foreach (BuckLink target in targets)
                sends.Add(SendTo(target, delivery, body.Bytes, stop));
            if (sends.Count == 0)
            {
                if (TryReseal(delivery))
                    return true;
                if (delivery.RefusedBy > 0 && !delivery.IsRefusedAhead && delivery.RefusedBy + delivery.BucksTaken().Count >= links.All.Count && IsTooOld(delivery))
                {
                    GiveUp(delivery, damaged: false, body);
                    return true;
                }
                if ((delivery.IsHadBySome || delivery.RefusedBy > 0) && counters.Owed < ParkedMax && !links.IsBusyOnly(delivery.LeaveOut()))
                    return false;
                await links.Wait(change, stop);
                continue;
            }
            if (delivery.Kicked.IsCompleted)
                await Task.WhenAny(sends);
            else
                await Task.WhenAny([.. sends, delivery.Kicked]);
            if (sends.Find(send => send.IsCompleted) is not { } ended)
                continue;
            sends.Remove(ended);
            (string buck, SendResult result) = await ended;
            bool wasAhead = delivery.IsRefusedAhead;
            delivery.Answered(buck, result);
            links.NoteChange();
            if (result is SendResult.RecordRefused or SendResult.AheadOfBuck)
                counters.WasRefused();
            NoteTime(delivery, result, wasAhead);
            if (result != SendResult.Taken)
                counters.Retry();
            if (!isDone && delivery.IsDelivered)
            {
                isDone = true;
                if (delivery.Record.Type == RecordType.Manifest)
                    Remember(delivery.Record.Id, body.Bytes.ToArray());
                Done(delivery);
            }
        }
        return true;
    }

    private async Task<(string Buck, SendResult Result)> SendTo(BuckLink link, Delivery delivery, ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        (byte copy, bool askedBefore) = delivery.Ask(link.Name);
        SpoolRecord record = delivery.Record;
        if (record.Type == RecordType.Packet)
        {
            AppendOptions append = delivery.FsyncBeforeAck ? AppendOptions.FsyncBeforeAck : AppendOptions.None;
            append |= askedBefore ? AppendOptions.AskedBefore : AppendOptions.None;
            return (link.Name, await link.Append(new Append(record.Id, copy, (byte)delivery.Copies, append, body), stop));
        }
        // The manifest before goes along: a buck that was away when it was sent gets it now.
        (PacketId Id, ReadOnlyMemory<byte> Bytes) before = lastManifest;
        Task<SendResult> repeated = before.Bytes.IsEmpty || before.Id == record.Id ? Task.FromResult(SendResult.Taken) : link.SendManifest(before.Id, before.Bytes, stop);
        SendResult sent = await link.SendManifest(record.Id, body, stop);
        await repeated;
        return (link.Name, sent);
    }

    private void NoteTime(Delivery delivery, SendResult result, bool wasAhead)
    {
        if (result == SendResult.Taken && wasAhead)
            times.Taken();
        if (result != SendResult.AheadOfBuck)
            return;
        if (!wasAhead)
            counters.WaitsForTime(1);
        times.Refused(delivery.BucketTime);
        if (times.IsFarAhead(delivery.BucketTime) || (saidDisagree != 0 && clock.GetElapsedTime(saidDisagree) < SayDisagreeEvery))
            return;
        saidDisagree = clock.GetTimestamp();
        ShipLog.ClocksDisagree(log, LogTime.Format(delivery.BucketTime), LogTime.Format(LogTime.Now(clock)));
    }

    /// <summary>
    /// What bucks refuse as ahead of their clocks, and what is ahead of this host's clock too, was sealed by a clock that was wrong. It is
    /// sealed again, and done with when that is in the spool. One that a porter asked for needs no other: its first time was sealed again.
    /// </summary>
    private bool TryReseal(Delivery delivery)
    {
        if (!delivery.IsRefusedAhead || !times.IsFarAhead(delivery.BucketTime))
            return false;
        if (delivery.Entry is not null)
            return spool.TryReseal(delivery.Record, outcome => Resealed(delivery, outcome));
        Done(delivery);
        return true;
    }

    /// <summary>Called by the reading thread.</summary>
    private void Resealed(Delivery delivery, ResealOutcome outcome)
    {
        if (outcome == ResealOutcome.NotAhead)
            Park(delivery);
        else if (outcome == ResealOutcome.Damaged)
            GiveUp(delivery, damaged: true, null);
        else
            Done(delivery);
        links.NoteChange();
    }

    private void Park(Delivery delivery)
    {
        if (delivery.RefusedBy > 0)
        {
            delivery.Retry ??= new Backoff(Random.Shared, clock);
            delivery.RetryAt = clock.GetTimestamp() + (long)(delivery.Retry.Next().TotalSeconds * clock.TimestampFrequency) + 1;
        }
        counters.Owe(1);
        parked.Enqueue(delivery);
    }

    private void Done(Delivery delivery)
    {
        active.TryRemove(delivery, out _);
        if (delivery.IsRefusedAhead)
            counters.WaitsForTime(-1);
        OnDone(delivery);
    }

    private bool IsTooOld(Delivery delivery)
    {
        ulong now = LogTime.Now(clock);
        return delivery.SealedTime > 0 && delivery.SealedTime + LogTime.FromTimeSpan(options.RefusedAgeMax) < now;
    }

    /// <summary>No buck will have it: said with the ranges it holds, where it can be read, and else left to a search of the spool.</summary>
    private void GiveUp(Delivery delivery, bool damaged, RecordBody? body)
    {
        counters.WasDamaged();
        string bucket = LogTime.Format(delivery.Record.Mark.Bucket);
        if (damaged)
        {
            ShipLog.SpoolRecordDamaged(log, bucket, delivery.Record.Mark.Position);
            spool.NoteDamage(delivery.Record.Mark);
        }
        else
        {
            ShipLog.GivenUp(log, bucket, delivery.Record.Mark.Position);
            if (FrameHeader.TryRead(body!.Bytes.Span, out FrameHeader? header) == FrameError.None)
            {
                foreach (SourceRange range in header!.Sources.Where(range => range.Descriptor is not null))
                    spool.NoteGivenUp(range.Descriptor!, new Skip(range.From, range.To, SkipReason.SpoolLost));
            }
        }
        Done(delivery);
    }

    /// <summary>Reads what is asked for the record, and proves it whole; false for one that no buck would take.</summary>
    private bool Understand(Delivery delivery, RecordBody read)
    {
        if (delivery.Copies > 0)
            return true;
        ReadOnlySpan<byte> body = read.Bytes.Span;
        if (delivery.Record.Type == RecordType.Manifest)
        {
            delivery.Copies = Math.Min(options.ManifestCopies, links.All.Count);
            if (Blocks.Manifest.TryRead(body) is not { } manifest)
                return false;
            delivery.BucketTime = manifest.Bucket;
            return true;
        }
        if (delivery.Record.Type != RecordType.Packet)
            return false;
        if (!read.IsOwn && FrameHeader.TryReadFrame(body, out _) != FrameError.None)
            return false;
        byte flags = body[FrameHeader.FlagsAt];
        delivery.FsyncBeforeAck = (flags & (byte)FrameFlags.FsyncBeforeAck) != 0;
        delivery.BoundaryCopy = (BoundaryCopy)((flags >> 1) & 3);
        delivery.SealedTime = delivery.BucketTime = BinaryPrimitives.ReadUInt64LittleEndian(body[FrameHeader.SealedTimeAt..]);
        delivery.Copies = Math.Min(Math.Clamp((int)body[FrameHeader.CopiesAt], 1, Limits.CopiesMax), links.All.Count);
        return true;
    }

    private RecordBody? ReadBack(SpoolRecord record)
    {
        using IDiskFile? file = spool.Files.OpenRead(record.Mark.Bucket);
        if (file is null)
            return null;
        using var reader = new BucketFileReader(file, record.Mark.Position);
        return reader.TryReadNext() && reader.Header.Id == record.Id ? RecordBody.CopyOf(reader.Body) : null;
    }
}
