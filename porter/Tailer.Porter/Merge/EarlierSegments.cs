using Tailer.Blocks;

namespace Tailer.Porter;

/// <summary>What segments already hold of the sources that are about to be merged: their coverage, and their bytes where they are compared.</summary>
internal sealed class EarlierSegments(ISegmentShelf shelf)
{
    /// <summary>
    /// Gives the merge the bytes it has to compare, from these segments and, for sources that may repeat, from the whole shelf. Returns
    /// the coverage that was considered.
    /// </summary>
    public async Task<CoverageMap> AddToAsync(EventMerge merge, IReadOnlyList<StoredSegment> near, IReadOnlySet<SourceId> mayRepeat, CancellationToken stopping)
    {
        var coverage = new CoverageMap();
        List<StoredSegment> considered = [];
        foreach (StoredSegment segment in near)
        {
            coverage.Add(segment.Footer);
            considered.Add(segment);
        }
        if (mayRepeat.Count > 0)
        {
            HashSet<string> seen = [.. near.Select(segment => segment.Name)];
            await foreach (StoredSegment segment in shelf.AllAsync(stopping).ConfigureAwait(false))
            {
                SegmentSource[] wanted = [.. segment.Footer.Sources.Where(source => mayRepeat.Contains(source.Descriptor.Id))];
                if (wanted.Length == 0 || !seen.Add(segment.Name))
                    continue;
                foreach (SegmentSource source in wanted)
                    coverage.Add(source.Descriptor.Id, source.Coverage);
                considered.Add(segment);
            }
        }
        CoverageMap overlap = merge.OverlapWith(coverage);
        foreach (StoredSegment segment in considered)
        {
            if (segment.Footer.Sources.Any(source => source.Coverage.Any(range => overlap.Intersects(source.Descriptor.Id, range))))
                await AddBytesAsync(merge, segment.Name, overlap, stopping).ConfigureAwait(false);
        }
        return coverage;
    }

    /// <summary>The sources of which a packet says that it may repeat what was sent before.</summary>
    public static IReadOnlySet<SourceId> MayRepeat(IEnumerable<HeldRecord> packets) =>
        packets.SelectMany(packet => packet.Header?.Sources ?? []).Where(range => range.MayRepeat).Select(range => range.Source).ToHashSet();

    private async Task AddBytesAsync(EventMerge merge, string name, CoverageMap overlap, CancellationToken stopping)
    {
        using SegmentReader segment = await shelf.OpenAsync(name, stopping).ConfigureAwait(false)
            ?? throw new IOException($"segment {name} cannot be read, and its bytes have to be compared with new ones");
        if (TryAddBytes(merge, segment, overlap) is { } wrong)
        {
            shelf.MarkDamaged(name, wrong);
            throw new IOException($"segment {name}: {wrong}; the next round does without it");
        }
    }

    /// <summary>Adds the segment's events that meet the ranges; null, or what cannot be read.</summary>
    private static string? TryAddBytes(EventMerge merge, SegmentReader segment, CoverageMap overlap)
    {
        using var block = new DecodedBlock();
        for (int i = 0; i < segment.Footer.Blocks.Count; i++)
        {
            BlockError error = segment.TryReadBlock(i, block);
            if (error != BlockError.None)
                return $"block {i} cannot be read: {error}";
            for (int k = 0; k < block.Count; k++)
            {
                Event e = block[k];
                SourceId source = segment.Footer.Sources[e.Source].Descriptor.Id;
                if (overlap.Intersects(source, new ByteRange(e.Offset, e.End)))
                    merge.AddEarlier(source, e.Offset, e.Bytes);
            }
        }
        return null;
    }
}
