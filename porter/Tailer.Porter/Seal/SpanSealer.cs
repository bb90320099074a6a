using Microsoft.Extensions.Logging;
using Tailer.Blocks;

namespace Tailer.Porter;

/// <summary>
/// Brings a span into the archive. Every decision follows from what the bucks list and what the archive's footers say, so a
/// look may be repeated, broken off anywhere, or done by two porters.
/// </summary>
internal sealed class SpanSealer(
    PorterOptions options,
    ArchiveCatalog catalog,
    SegmentPut put,
    PartSealer parts,
    PacketMerge packets,
    ManifestBodies manifests,
    AgentBook agents,
    PacketWant want,
    TimeProvider clock,
    ILogger<SpanSealer> logger)
{
    /// <summary>Looks at a span and seals what is to be sealed.</summary>
    /// <param name="content">What is held and archived of it.</param>
    /// <param name="isStable">Nothing arrived since the last look.</param>
    public async Task<SealOutcome> LookAsync(SpanContent content, bool isStable, CancellationToken stopping)
    {
        SpanRange span = content.Span;
        HeldRecord[] newPackets = [.. content.NewPackets.Where(packet => !packets.IsUnreadable(packet.Id))];
        HeldRecord[] newManifests = [.. content.NewManifests.Where(manifest => !manifests.IsUnreadable(manifest.Id))];
        if (newPackets.Length == 0 && newManifests.Length == 0 && content.Superseded.Count == 0)
            return SealOutcome.Archived;
        if (content.IsSealed && !isStable)
            return SealOutcome.Waits;

        IReadOnlyList<HeldManifest> read = await manifests.ReadAsync(newManifests, stopping).ConfigureAwait(false);
        IReadOnlyList<SilentAgent> silentBefore = await LearnAgentsAsync(content, read, stopping).ConfigureAwait(false);
        Manifest[] all = [.. read.Select(manifest => manifest.Content), .. content.SealedManifests()];
        SpanCheck check = await CheckAsync(content, all, stopping).ConfigureAwait(false);
        ulong deadline = span.End + LogTime.FromTimeSpan(options.ArchiveAfter + options.ArchiveMaxDelay);
        bool isOverdue = LogTime.Now(clock) >= deadline;
        if (check.MissingCount > 0)
            await want.AskAsync(check.Missing, stopping).ConfigureAwait(false);
        if (!content.IsSealed && !isOverdue && check.IsWorthWaiting(silentBefore))
        {
            PorterLog.Waits(logger, span.ToString(), check.MissingCount, check.Silent.Count, LogTime.Format(deadline));
            return SealOutcome.Waits;
        }
        var work = new SpanWork(content, newPackets, read, all, check, isOverdue);
        return await parts.SealAsync(work, stopping).ConfigureAwait(false) ? SealOutcome.Sealed : SealOutcome.Waits;
    }

    /// <summary>Reads the span's segments back; false when one is damaged, which is then as if it were not there.</summary>
    public async Task<bool> ProveAsync(SpanContent content, CancellationToken stopping)
    {
        bool isProved = content.IsSealed && content.Superseded.Count == 0;
        foreach (StoredSegment segment in content.Segments)
            isProved &= await put.VerifyAsync(segment.Name, stopping).ConfigureAwait(false);
        return isProved;
    }

    /// <summary>Tells the book what footers know; returns who was silent in the span sealed before this one.</summary>
    private async Task<IReadOnlyList<SilentAgent>> LearnAgentsAsync(SpanContent content, IEnumerable<HeldManifest> read, CancellationToken stopping)
    {
        foreach (HeldManifest manifest in read)
            agents.Add(manifest.Content);
        foreach (HeldRecord packet in content.Held.Packets.Values)
            agents.Add(packet);
        ulong start = content.Span.Start;
        IReadOnlyList<StoredSegment> before = await catalog.FindAsync(start - Math.Min(start, content.Span.Width), start, stopping).ConfigureAwait(false);
        foreach (StoredSegment segment in before.Concat(content.Segments))
            agents.Add(segment.Footer);
        return [.. before.SelectMany(segment => segment.Footer.Silent)];
    }

    private async Task<SpanCheck> CheckAsync(SpanContent content, Manifest[] all, CancellationToken stopping)
    {
        SpanCheck check = SpanCheck.Of(content.Span, all, content.Knows, agents);
        if (check.MissingCount == 0)
            return check;
        // A manifest after an outage names packets of spans before, which may be archived and pruned already. One that was late, as on a
        // full disk, may name packets sealed after the time it covers, though none sealed after itself.
        ulong from = all.Min(manifest => manifest.CoversFrom);
        ulong to = Math.Min(all.Max(manifest => manifest.SealedTime), LogTime.Now(clock)) + 1;
        if (from >= content.Span.Start && to <= content.Span.End)
            return check;
        HashSet<PacketId> known = [];
        foreach (StoredSegment segment in await catalog.FindAsync(Math.Min(from, content.Span.Start), Math.Max(to, content.Span.End), stopping).ConfigureAwait(false))
            known.UnionWith(segment.Footer.Packets);
        return SpanCheck.Of(content.Span, all, id => content.Knows(id) || known.Contains(id), agents);
    }
}
