using Tailer.Blocks;
using Tailer.Cli.Reach;
using Tailer.Stores;

namespace Tailer.Cli.Audit;

/// <summary>Feeds the audit with everything bucks and archive have, in an order in which a system at work shows no gap that is
/// none.</summary>
internal sealed class AuditRun(BuckInventory bucks, ArchiveSegments archive, TimeProvider time)
{
    public async Task<AuditReport> RunAsync(CancellationToken cancel)
    {
        var ledger = new AuditLedger();
        await bucks.ListAsync(withManifests: true, cancel).ConfigureAwait(false);
        foreach (Manifest manifest in bucks.Manifests)
            ledger.AddManifest(manifest);
        AddHeld(ledger);
        AuditReport report = ledger.Report(LogTime.Now(time));
        if (report.Complete)
            return report;
        // A manifest read late may claim a packet that reached a buck just after it was listed, and a bucket may have moved to
        // the archive. What is really missing is missing the second time too; no new claims are taken in.
        await bucks.ListAsync(withManifests: false, cancel).ConfigureAwait(false);
        AddHeld(ledger);
        return ledger.Report(LogTime.Now(time));
    }

    private void AddHeld(AuditLedger ledger)
    {
        foreach (HeldPacket packet in bucks.Packets)
            ledger.AddPacket(packet.Header);
        // After the bucks: what they have dropped by now is in the archive.
        archive.Refresh();
        foreach (SegmentFooter footer in archive.Footers.Values)
            ledger.AddSegment(footer);
    }
}
