using Microsoft.Extensions.Logging;
using Tailer.Wire;

namespace Tailer.Agent;

/// <summary>
/// Sends what is in the spool to as many bucks as each packet asks for, and tells the spool what is delivered. Puts the parts
/// together: links to the bucks, the ledger of what is delivered, who takes records from the spool, and who sends them.
/// </summary>
internal sealed class Shipper : IDisposable
{
    private readonly SpoolStore spool;
    private readonly LinkSet links;
    private readonly DeliveryLedger ledger;
    private readonly RecordSender sender;
    private readonly SpoolSender sending;
    private readonly BoundaryCopier boundary;
    private readonly WantAnswers wants;

    public Shipper(
        SpoolStore spool, IEnumerable<BuckTarget> bucks, CredentialFile credential, ShipOptions options, Interest interest, ShipCounters counters, TimeProvider clock, ILogger log)
    {
        this.spool = spool;
        BuckLink[] all = [.. bucks.Select(buck => new BuckLink(buck, credential, options.AckTimeout, interest, AcceptWant, NoteChange, clock, log))];
        links = new LinkSet(all, counters, clock, log);
        ledger = new DeliveryLedger(spool.Progress, clock, spool.BucketWidth, spool.Report);
        sender = new RecordSender(spool, links, options, counters, clock, log) { OnDone = delivery => Done(delivery, counters) };
        sending = new SpoolSender(spool, ledger, sender, links, counters, clock, log);
        boundary = new BoundaryCopier(spool, sender, links, options, counters, clock, log);
        wants = new WantAnswers(spool, sender, counters, log);
    }

    public IReadOnlyList<BuckLink> Links => links.All;

    /// <summary>Records on their way.</summary>
    public int InFlight => ledger.Count;

    /// <summary>Stretches of the spool that are sent side by side: 1, but for a backlog that was overtaken.</summary>
    public int Lanes => ledger.Lanes;

    /// <summary>Bucks refuse records as sealed ahead of their clocks, and this host's clock does not say so. Any thread.</summary>
    public bool ClocksDisagree => sender.ClocksDisagree;

    /// <summary>How long the oldest record not yet delivered has waited; any thread.</summary>
    public TimeSpan Lag => ledger.Lag;

    /// <summary>Connects and sends until stopped. Throws only <see cref="OperationCanceledException"/>, and what the disk throws.</summary>
    public async Task Run(CancellationToken stop)
    {
        Task[] running = [.. links.All.Select(link => link.Run(stop)), wants.Run(stop), sending.Run(stop), sender.RunParked(stop), boundary.Run(stop), sender.Failed];
        await await Task.WhenAny(running);
    }

    /// <summary>Waits until everything in the spool is delivered, or the token says that it takes too long.</summary>
    public async Task Drain(CancellationToken stop)
    {
        while (spool.Delivered < spool.End && !stop.IsCancellationRequested)
            await Task.Delay(TimeSpan.FromMilliseconds(10), CancellationToken.None);
    }

    public void Dispose() => sender.Dispose();

    private void Done(Delivery delivery, ShipCounters counters)
    {
        if (delivery.IsDelivered && delivery.Record.Type == Blocks.RecordType.Packet)
            counters.Delivered(delivery.Record.BodyBytes);
        if (delivery.Entry is { } entry)
            ledger.Complete(entry);
    }

    private void AcceptWant(Want want) => wants.Accept(want);

    private void NoteChange() => links.NoteChange();
}
