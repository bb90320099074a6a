using Microsoft.Extensions.Logging;
using Tailer.Blocks;

namespace Tailer.Porter;

/// <summary>
/// Seals what was found worth sealing: part by part merged, deduped against what is archived, split into strays and the rest,
/// put. After a crash the parts that were put are what is sealed, and the rest is new.
/// </summary>
internal sealed class PartSealer(
    string environment,
    ArchiveCatalog catalog,
    EarlierSegments earlier,
    SegmentPut put,
    PacketMerge packets,
    PacketWant want,
    PorterMetrics metrics,
    ILogger<PartSealer> logger)
{
    /// <summary>Events further from their span than this are strays.</summary>
    private const ulong StrayDistance = LogTime.PerHour;

    /// <summary>Memory of one part; less only in tests.</summary>
    public long PartBytesMax { get; init; } = MergePart.BytesMax;

    /// <summary>Seals the parts of a span; false when nothing could be sealed now.</summary>
    public async Task<bool> SealAsync(SpanWork work, CancellationToken stopping)
    {
        IReadOnlyList<IReadOnlyList<HeldRecord>> parts = MergePart.Cut(work.Packets, PartBytesMax);
        var have = new CoverageMap();
        List<string> names = [];
        for (int i = 0; i < parts.Count; i++)
        {
            if (!await SealPartAsync(work, parts[i], have, isLast: i == parts.Count - 1, names, stopping).ConfigureAwait(false))
                return false;
            MergePart.LetGoOf(parts[i]);
        }
        foreach (StoredSegment old in work.Content.Superseded.Where(old => names.Count > 0 && !names.Contains(old.Name)))
        {
            PorterLog.Superseded(logger, old.Name, string.Join(", ", work.Content.Superseded.Select(segment => segment.Name).Where(name => name != old.Name)), string.Join(", ", names));
            await put.DeleteAsync(old.Name, stopping).ConfigureAwait(false);
        }
        return names.Count > 0;
    }

    /// <summary>Merges a part and puts it, adding to the names; false when it cannot be sealed now.</summary>
    private async Task<bool> SealPartAsync(SpanWork work, IReadOnlyList<HeldRecord> part, CoverageMap have, bool isLast, List<string> names, CancellationToken stopping)
    {
        using var merge = new EventMerge();
        IReadOnlyList<HeldRecord> unread = await packets.AddAsync(merge, part, stopping).ConfigureAwait(false);
        work.Unread.AddRange(unread);
        if (unread.Count > 0 && !await GoesOnWithoutAsync(work, unread, stopping).ConfigureAwait(false))
            return false;
        if (merge.Packets.Count == 0 && !(isLast && work.HasMoreThanPackets))
            return true;
        foreach (SourceDescriptor descriptor in work.AllManifests.SelectMany(manifest => manifest.Sources).Select(source => source.Descriptor))
            merge.Describe(descriptor);
        names.AddRange(await PutPartAsync(work, merge, part, have, isLast, names, stopping).ConfigureAwait(false));
        return true;
    }

    /// <summary>Whether to seal although some packets are listed and cannot be read now. They come as a delta if ever they can.</summary>
    private async Task<bool> GoesOnWithoutAsync(SpanWork work, IReadOnlyList<HeldRecord> unread, CancellationToken stopping)
    {
        PorterLog.NoGoodCopy(logger, unread.Count, work.Content.Span.ToString());
        Dictionary<string, HashSet<PacketId>> byAgent = unread.Where(packet => packet.Header is not null)
            .GroupBy(packet => packet.Header!.Agent).ToDictionary(group => group.Key, group => group.Select(packet => packet.Id).ToHashSet());
        await want.AskAsync(byAgent, stopping).ConfigureAwait(false);
        return work.IsOverdue || work.Content.IsSealed;
    }

    private async Task<IReadOnlyList<string>> PutPartAsync(
        SpanWork work, EventMerge merge, IReadOnlyList<HeldRecord> part, CoverageMap have, bool isLast, List<string> before, CancellationToken stopping)
    {
        SpanRange span = work.Content.Span;
        IReadOnlyList<StoredSegment> near = await catalog.FindAsync(span.Start, span.End, stopping).ConfigureAwait(false);
        near = [.. near.Where(segment => before.Contains(segment.Name) || !work.Content.Superseded.Any(old => old.Name == segment.Name))];
        have.Add(await earlier.AddToAsync(merge, near, EarlierSegments.MayRepeat(part), stopping).ConfigureAwait(false));
        MergeResult result = merge.Merge(span.Start - Math.Min(span.Start, StrayDistance), span.End + StrayDistance);
        have.Add(result.Coverage);
        Report(result);

        List<string> names = [];
        SegmentFooter plan = new()
        {
            Environment = environment,
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
            foreach (StoredSegment segment in await catalog.FindAsync(work.AllManifests.Min(manifest => manifest.CoversFrom), plan.SpanStart, stopping).ConfigureAwait(false))
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
