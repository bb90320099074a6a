using Tailer.Blocks;

namespace Tailer.Porter;

/// <summary>Which ranges of which sources a span should have and has not: claimed by manifests, or between its packets.</summary>
internal static class SpanGaps
{
    /// <param name="manifests">The span's manifests.</param>
    /// <param name="packets">Headers of the span's packets, as far as they are at hand.</param>
    /// <param name="have">What is sealed of these sources, this span's events included.</param>
    public static IReadOnlyList<SegmentGap> Find(IEnumerable<Manifest> manifests, IEnumerable<FrameHeader> packets, CoverageMap have)
    {
        var missing = new SortedDictionary<SourceId, Coverage>();
        List<SegmentGap> skipped = [];
        foreach (ManifestSource source in manifests.SelectMany(manifest => manifest.Sources))
        {
            Of(missing, source.Id).Add(have.Gaps(source.Id, new ByteRange(source.From, source.To)));
            foreach (Skip skip in source.Skips)
                skipped.AddRange(have.Gaps(source.Id, new ByteRange(skip.From, skip.To)).Select(gap => new SegmentGap(source.Id, gap.From, gap.To, skip.Reason)));
        }
        foreach (IGrouping<SourceId, SourceRange> ranges in packets.SelectMany(packet => packet.Sources).GroupBy(range => range.Source))
        {
            // What rules dropped is not a hole; only manifests can tell the two apart.
            if (!ranges.Any(range => range.HasHoles))
                Of(missing, ranges.Key).Add(have.Gaps(ranges.Key, new ByteRange(ranges.Min(range => range.From), ranges.Max(range => range.To))));
        }
        foreach (SegmentGap skip in skipped)
            Of(missing, skip.Source).Subtract(new ByteRange(skip.From, skip.To));
        IEnumerable<SegmentGap> lost = missing.SelectMany(source => source.Value.Select(gap => new SegmentGap(source.Key, gap.From, gap.To, SkipReason.Missing)));
        return [.. lost.Concat(skipped).Distinct().OrderBy(gap => gap.Source).ThenBy(gap => gap.From).ThenBy(gap => gap.To).ThenBy(gap => gap.Reason)];
    }

    private static Coverage Of(SortedDictionary<SourceId, Coverage> map, SourceId source)
    {
        if (!map.TryGetValue(source, out Coverage? coverage))
            map.Add(source, coverage = new Coverage());
        return coverage;
    }
}
