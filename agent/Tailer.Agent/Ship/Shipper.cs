using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Wire;

namespace Tailer.Agent;

/// <summary>
/// Sends what is in the spool to as many bucks as each packet asks for, and moves the spool's delivered mark on. Packets overtake
/// each other; the mark does not move over one that is not delivered.
/// <para>
/// Bounded: at most <see cref="WindowRecords"/> records are in memory. A record that some buck has, while no other is reachable, gives its
/// place up and waits for its further copies as a reference of some 200 bytes, at most <see cref="OwedRecordsMax"/> of them;
/// beyond that sending waits, the spool grows, and at its limit reading stops.
/// </para>
/// </summary>
internal sealed class Shipper : IDisposable
{
    private const int WindowRecords = 64;
    private const int OwedRecordsMax = 50_000;

    /// <summary>Porters ask again, so what does not fit here is only late.</summary>
    private const int WantedIdsMax = 16_384;

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly SpoolStore spool;
    private readonly IReadOnlyList<BuckLink> links;
    private readonly ShipCounters counters;
    private readonly ILogger log;
    private readonly SemaphoreSlim window = new(WindowRecords, WindowRecords);
    private readonly DeliveryLedger ledger;
    private readonly Channel<PacketId> wanted = Channel.CreateBounded<PacketId>(new BoundedChannelOptions(WantedIdsMax) { FullMode = BoundedChannelFullMode.DropWrite });
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (PacketId Id, ReadOnlyMemory<byte> Bytes) lastManifest;

    public Shipper(SpoolStore spool, IEnumerable<BuckTarget> bucks, CredentialFile credential, Interest interest, ShipCounters counters, TimeProvider clock, ILogger log)
    {
        this.spool = spool;
        this.counters = counters;
        ledger = new DeliveryLedger(clock, spool.BucketWidth);
        this.log = log;
        links = [.. bucks.Select(buck => new BuckLink(buck, credential, interest, AcceptWant, LinksChanged, clock, log))];
    }

    public IReadOnlyList<BuckLink> Links => links;

    /// <summary>Records on their way.</summary>
    public int InFlight => ledger.Count;

    /// <summary>How long the oldest record not yet delivered has waited; any thread.</summary>
    public TimeSpan Lag => ledger.Lag;

    /// <summary>Connects and sends until stopped. Throws only <see cref="OperationCanceledException"/>, and what the disk throws.</summary>
    public async Task Run(CancellationToken stop)
    {
        Task[] running = [.. links.Select(link => link.Run(stop)), AnswerWants(stop), SendSpool(stop), failed.Task];
        await await Task.WhenAny(running);
    }

    /// <summary>Waits until everything in the spool is delivered, or the token says that it takes too long.</summary>
    public async Task Drain(CancellationToken stop)
    {
        while (spool.Delivered < spool.End && !stop.IsCancellationRequested)
            await Task.Delay(TimeSpan.FromMilliseconds(10), CancellationToken.None);
    }

    public void Dispose() => window.Dispose();

    private async Task SendSpool(CancellationToken stop)
    {
        using var cursor = new SpoolCursor(spool.Files, spool.Delivered, log);
        while (true)
        {
            while (cursor.TryNext(spool.End) is { } record)
            {
                if (!await WaitForPlace(stop))
                    return;
                byte[] body = cursor.Body.ToArray();
                _ = Deliver(ledger.Add(record), body, stop);
            }
            await spool.Signal.Wait(stop);
        }
    }

    private async Task<bool> WaitForPlace(CancellationToken stop)
    {
        await window.WaitAsync(stop);
        return !stop.IsCancellationRequested;
    }

    private async Task Deliver(DeliveryLedger.Entry entry, byte[] body, CancellationToken stop)
    {
        try
        {
            if (await Deliver(entry.Record, body, stop))
                counters.Delivered(body.Length);
            if (ledger.Complete(entry) is { } moved)
                spool.MarkDelivered(moved.Mark, moved.Bytes);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Not delivered: the next start sends it again from the spool.
            return;
        }
        catch (Exception e)
        {
            // A defect or a dead disk: Run ends with it, and with it the agent.
            failed.TrySetException(e);
        }
    }

    /// <summary>Returns when as many bucks as asked for have the record; false when it is damaged. Gives its place in the window back.</summary>
    private async Task<bool> Deliver(SpoolRecord record, byte[]? body, CancellationToken stop)
    {
        bool hasPlace = true;
        var having = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            if (CopiesOf(record, body!) is not { } copies)
                return false;
            copies = Math.Min(copies, links.Count);
            while (having.Count < copies)
            {
                Task change = changed.Task;
                List<BuckLink> targets = TargetChoice.Pick(links, having, copies - having.Count, Random.Shared);
                if (targets.Count == 0)
                {
                    if (hasPlace && having.Count > 0 && counters.Owed < OwedRecordsMax)
                    {
                        body = null;
                        hasPlace = false;
                        counters.Owe(1);
                        window.Release();
                    }
                    await Task.WhenAny(change, Task.Delay(LookAgain, stop));
                    stop.ThrowIfCancellationRequested();
                    continue;
                }
                if (!hasPlace)
                {
                    await window.WaitAsync(stop);
                    hasPlace = true;
                    counters.Owe(-1);
                    body = ReadBack(record);
                    if (body is null)
                        return false;
                }
                await SendTo(targets, record, body!, having, copies, stop);
            }
            return true;
        }
        finally
        {
            if (hasPlace)
                window.Release();
            else
                counters.Owe(-1);
        }
    }

    private async Task SendTo(List<BuckLink> targets, SpoolRecord record, byte[] body, HashSet<string> having, int copies, CancellationToken stop)
    {
        var sends = new Task<bool>[targets.Count];
        for (int i = 0; i < targets.Count; i++)
            sends[i] = SendOne(targets[i], record, body, (byte)(having.Count + i), (byte)copies, stop);
        for (int i = 0; i < sends.Length; i++)
        {
            if (await sends[i])
                having.Add(targets[i].Name);
            else
                counters.Retry();
        }
        if (record.Type == RecordType.Manifest && having.Count >= copies)
            lastManifest = (record.Id, body);
    }

    private async Task<bool> SendOne(BuckLink link, SpoolRecord record, byte[] body, byte copy, byte copies, CancellationToken stop)
    {
        if (record.Type == RecordType.Packet)
            return await link.Append(new Append(record.Id, copy, copies, AppendOptionsOf(body), body), stop);
        // The manifest before goes along: a buck that was away when it was sent gets it now.
        (PacketId Id, ReadOnlyMemory<byte> Bytes) before = lastManifest;
        Task<bool> repeated = before.Bytes.IsEmpty || before.Id == record.Id ? Task.FromResult(true) : link.SendManifest(before.Id, before.Bytes, stop);
        bool sent = await link.SendManifest(record.Id, body, stop);
        await repeated;
        return sent;
    }

    private static AppendOptions AppendOptionsOf(ReadOnlySpan<byte> frame) =>
        FrameHeader.TryRead(frame, out FrameHeader? header) == FrameError.None && header!.Flags.HasFlag(FrameFlags.FsyncBeforeAck)
            ? AppendOptions.FsyncBeforeAck
            : AppendOptions.None;

    /// <summary>How many bucks are to have it; null for a record that no buck would take.</summary>
    private int? CopiesOf(SpoolRecord record, byte[] body)
    {
        if (record.Type == RecordType.Manifest && Blocks.Manifest.TryRead(body) is not null)
            return 2;
        if (record.Type == RecordType.Packet && FrameHeader.TryReadFrame(body, out FrameHeader? header) == FrameError.None)
            return Math.Clamp(header!.Copies, 1, Limits.CopiesMax);
        counters.WasDamaged();
        ShipLog.SpoolRecordDamaged(log, LogTime.Format(record.Mark.Bucket), record.Mark.Position);
        return null;
    }

    private byte[]? ReadBack(SpoolRecord record)
    {
        using IDiskFile? file = spool.Files.OpenRead(record.Mark.Bucket);
        if (file is null)
            return null;
        using var reader = new BucketFileReader(file, record.Mark.Position);
        return reader.TryReadNext() && reader.Header.Id == record.Id ? reader.Body.ToArray() : null;
    }

    private void LinksChanged() =>
        Interlocked.Exchange(ref changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    private void AcceptWant(Want want)
    {
        int dropped = want.Ids.Count(id => !wanted.Writer.TryWrite(id));
        if (dropped > 0)
            ShipLog.WantDropped(log, dropped);
    }

    private async Task AnswerWants(CancellationToken stop)
    {
        while (await wanted.Reader.WaitToReadAsync(stop))
        {
            var ids = new HashSet<PacketId>();
            while (wanted.Reader.TryRead(out PacketId id))
                ids.Add(id);
            int found = 0;
            using var cursor = new SpoolCursor(spool.Files, default, log);
            SpoolMark end = spool.End;
            while (found < ids.Count && cursor.TryNext(end) is { } record)
            {
                if (!ids.Contains(record.Id))
                    continue;
                found++;
                counters.WasWanted();
                byte[] body = cursor.Body.ToArray();
                await window.WaitAsync(stop);
                await Deliver(record, body, stop);
            }
            ShipLog.WantAnswered(log, found, ids.Count);
        }
    }
}
