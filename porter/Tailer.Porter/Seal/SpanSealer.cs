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
    EarlierSegments earlier,
    SegmentPut put,
    PacketMerge packets,
    ManifestBodies manifests,
    AgentBook agents,
    PacketWant want,
    PorterMetrics metrics,
    TimeProvider clock,
    ILogger<SpanSealer> logger)
{
    /// <summary>Events further from their span than this are strays.</summary>
    private const ulong StrayDistance = LogTime.PerHour;

    /// <summary>Raw bytes of one part; less only in tests.</summary>
    public long PartRawBytesMax { get; init; } = SealPart.RawBytesMax;

    /// <summary>Looks at a span and seals what is to be sealed.</summary>
    /// <param name="content">What is held and archived of it.</param>
    /// <param name="isStable">Nothing arrived since the last look.</param>
    public async Task<SealOutcome> LookAsync(SpanContent content, bool isStable, CancellationToken stopping)
    {
        SpanRange span = content.Span;
        HeldRecord[] newPackets = [.. content.NewPackets.Where(packet => !packets.IsUnreadable(packet.Id))];
        HeldRecord[] newManifests = [.. content.NewManifests.Where(manifest => !manifests.IsUnreadable(manifest.Id))];
        if (newPackets.Length == 0 && newManifests.Length == 0 && content.Superseded.Count == 0)
            return await IsProvedAsync(content, stopping).ConfigureAwait(false) ? SealOutcome.Archived : SealOutcome.Waits;
        if (content.IsSealed && !isStable)
            return SealOutcome.Waits;

        IReadOnlyList<HeldManifest> read = await manifests.ReadAsync(newManifests, stopping).ConfigureAwait(false);
        IReadOnlyList<SilentAgent> silentBefore = await LearnAgentsAsync(content, read, stopping).ConfigureAwait(false);
        Manifest[] all = [.. read.Select(manifest => manifest.Content), .. content.SealedManifests()];
        SpanCheck check = await CheckAsync(content, all, stopping).ConfigureAwait(false);
        bool isOverdue = LogTime.Now(clock) >= span.End + LogTime.FromTimeSpan(options.ArchiveAfter + options.ArchiveMaxDelay);
        if (check.MissingCount > 0)
            await want.AskAsync(check.Missing, stopping).ConfigureAwait(false);
        if (!content.IsSealed && !isOverdue && check.IsWorthWaiting(silentBefore))
        {
            PorterLog.Waits(logger, span.ToString(), check.MissingCount, check.Silent.Count, LogTime.Format(span.End + LogTime.FromTimeSpan(options.ArchiveAfter + options.ArchiveMaxDelay)));
            return SealOutcome.Waits;
        }
        var work = new SpanWork(content, newPackets, read, all, check, isOverdue);
        return await SealAsync(work, stopping).ConfigureAwait(false) ? SealOutcome.Sealed : SealOutcome.Waits;
    }

    private async Task<bool> IsProvedAsync(SpanContent content, CancellationToken stopping)
    {
        bool isProved = true;
        foreach (ArchivedSegment segment in content.Segments)
            isProved &= await put.VerifyAsync(segment.Name, stopping).ConfigureAwait(false);
        return isProved;
    }

    /// <summary>Tells the book what footers know; returns who was silent in the span sealed before this one.</summary>
    private async Task<IReadOnlyList<SilentAgent>> LearnAgentsAsync(SpanContent content, IEnumerable<HeldManifest> read, CancellationToken stopping)
    {
        foreach (HeldManifest manifest in read)
            agents.Add(manifest.Content);
        ulong start = content.Span.Start;
        IReadOnlyList<ArchivedSegment> before = await catalog.FindAsync(start - Math.Min(start, content.Span.Width), start, stopping).ConfigureAwait(false);
        foreach (ArchivedSegment segment in before.Concat(content.Segments))
            agents.Add(segment.Footer);
        return [.. before.SelectMany(segment => segment.Footer.Silent)];
    }

    private async Task<SpanCheck> CheckAsync(SpanContent content, Manifest[] all, CancellationToken stopping)
    {
        SpanCheck check = SpanCheck.Of(content.Span, all, content.Knows, agents);
        Manifest[] reachingBack = [.. all.Where(manifest => manifest.CoversFrom < content.Span.Start)];
        if (check.MissingCount == 0 || reachingBack.Length == 0)
            return check;
        // A manifest after an outage names packets of spans before, which may be archived and pruned already.
        HashSet<PacketId> known = [];
        foreach (ArchivedSegment segment in await catalog.FindAsync(reachingBack.Min(manifest => manifest.CoversFrom), content.Span.Start, stopping).ConfigureAwait(false))
            known.UnionWith(segment.Footer.Packets);
        return SpanCheck.Of(content.Span, all, id => content.Knows(id) || known.Contains(id), agents);
    }

    /// <summary>Seals the parts of a span; false when nothing could be sealed now.</summary>
    private async Task<bool> SealAsync(SpanWork work, CancellationToken stopping)
    {
        IReadOnlyList<IReadOnlyList<HeldRecord>> parts = SealPart.Cut(work.Packets, PartRawBytesMax);
        var have = new CoverageMap();
        List<string> names = [];
        for (int i = 0; i < parts.Count; i++)
        {
            using var merge = new EventMerge();
            IReadOnlyList<HeldRecord> unread = await packets.AddAsync(merge, parts[i], stopping).ConfigureAwait(false);
            work.Unread.AddRange(unread);
            if (unread.Count > 0 && !await GoesOnWithoutAsync(work, unread, stopping).ConfigureAwait(false))
                return false;
            bool isLast = i == parts.Count - 1;
            if (merge.Packets.Count == 0 && !(isLast && work.HasMoreThanPackets))
                continue;
            foreach (SourceDescriptor descriptor in work.AllManifests.SelectMany(manifest => manifest.Sources).Select(source => source.Descriptor))
                merge.Describe(descriptor);
            names.AddRange(await SealPartAsync(work, merge, parts[i], have, isLast, names, stopping).ConfigureAwait(false));
        }
        foreach (ArchivedSegment old in work.Content.Superseded.Where(old => names.Count > 0 && !names.Contains(old.Name)))
        {
            PorterLog.Superseded(logger, old.Name, string.Join(", ", work.Content.Superseded.Select(segment => segment.Name).Where(name => name != old.Name)), string.Join(", ", names));
            await put.DeleteAsync(old.Name, stopping).ConfigureAwait(false);
        }
        return names.Count > 0;
    }

    /// <summary>Whether to seal although some packets are listed and cannot be read now. They come as a delta if ever they can.</summary>
    private async Task<bool> GoesOnWithoutAsync(SpanWork work, IReadOnlyList<HeldRecord> unread, CancellationToken stopping)
    {
        PorterLog.NoGoodCopy(logger, unread.Count, work.Content.Span.ToString());
        Dictionary<string, List<PacketId>> byAgent = unread.Where(packet => packet.Header is not null)
            .GroupBy(packet => packet.Header!.Agent).ToDictionary(group => group.Key, group => group.Select(packet => packet.Id).ToList());
        await want.AskAsync(byAgent, stopping).ConfigureAwait(false);
        return work.IsOverdue || work.Content.IsSealed;
    }

    private async Task<IReadOnlyList<string>> SealPartAsync(
        SpanWork work, EventMerge merge, IReadOnlyList<HeldRecord> part, CoverageMap have, bool isLast, List<string> before, CancellationToken stopping)
    {
        SpanRange span = work.Content.Span;
        HashSet<SourceId> mayRepeat = [.. part.Where(packet => packet.Header is not null).SelectMany(packet => packet.Header!.Sources).Where(range => range.MayRepeat).Select(range => range.Source)];
        IReadOnlyList<ArchivedSegment> near = await catalog.FindAsync(span.Start, span.End, stopping).ConfigureAwait(false);
        near = [.. near.Where(segment => before.Contains(segment.Name) || !work.Content.Superseded.Any(old => old.Name == segment.Name))];
        have.Add(await earlier.AddToAsync(merge, near, mayRepeat, stopping).ConfigureAwait(false));
        MergeResult result = merge.Merge(span.Start - Math.Min(span.Start, StrayDistance), span.End + StrayDistance);
        have.Add(result.Coverage);
        Report(result);

        List<string> names = [];
        SegmentFooter plan = new()
        {
            Environment = options.Environment,
            SpanStart = span.Start,
            SpanWidth = span.Width,
            Kind = SegmentKind.Strays,
            Sources = [],
        };
        if (result.Strays.Count > 0)
            names.Add(await put.PutAsync(plan, result.Strays, "strays", stopping).ConfigureAwait(false));
        plan = plan with
        {
            Kind = work.Content.IsSealed || before.Count > 0 ? SegmentKind.Delta : SegmentKind.Sealed,
            Packets = [.. merge.Packets],
            Conflicts = result.Conflicts.Count,
        };
        if (isLast)
            plan = await ConcludeAsync(work, plan, have, stopping).ConfigureAwait(false);
        names.Add(await put.PutAsync(plan, result.Inside, How(work), stopping).ConfigureAwait(false));
        return names;
    }

    /// <summary>Adds what is said of the span as a whole.</summary>
    private async Task<SegmentFooter> ConcludeAsync(SpanWork work, SegmentFooter plan, CoverageMap have, CancellationToken stopping)
    {
        IReadOnlyList<SegmentGap> gaps = SpanGaps.Find(work.AllManifests, work.Headers, have);
        if (gaps.Count > 0 && work.AllManifests.Any(manifest => manifest.CoversFrom < plan.SpanStart))
        {
            foreach (ArchivedSegment segment in await catalog.FindAsync(work.AllManifests.Min(manifest => manifest.CoversFrom), plan.SpanStart, stopping).ConfigureAwait(false))
                have.Add(segment.Footer);
            gaps = SpanGaps.Find(work.AllManifests, work.Headers, have);
        }
        metrics.Spans.Add(1, new KeyValuePair<string, object?>("how", How(work)));
        if (!work.IsComplete)
        {
            metrics.MissingPackets.Add(work.Check.MissingCount + work.Unread.Count);
            PorterLog.Sparse(logger, work.Content.Span.ToString(), work.Check.MissingCount + work.Unread.Count, gaps.Count, string.Join(", ", work.Check.Silent.Select(agent => agent.Agent)));
        }
        return plan with
        {
            Complete = work.IsComplete,
            Manifests = [.. work.NewManifests.Select(manifest => manifest.Bytes)],
            Gaps = gaps,
            Silent = work.Check.Silent,
        };
    }

    private void Report(MergeResult result)
    {
        metrics.RepeatedBytes.Add(result.RepeatedBytes);
        metrics.Conflicts.Add(result.Conflicts.Count);
        metrics.Strays.Add(result.Strays.Count);
        foreach ((SourceId source, ByteRange range) in result.Conflicts)
            PorterLog.Conflict(logger, source.ToString(), range.From, range.To);
    }

    private static string How(SpanWork work) => work.Content.IsSealed ? "delta" : work.IsComplete ? "complete" : "sparse";
}
