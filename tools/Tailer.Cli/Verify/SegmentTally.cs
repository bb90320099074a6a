using Tailer.Blocks;
using Tailer.Cli.Show;

namespace Tailer.Cli.Verify;

/// <summary>
/// Counts anew, from decoded blocks, what a segment's footer says: events, raw bytes, times, the coverage of each source and the
/// content hash. Memory grows with sources and their ranges, as the footer itself.
/// </summary>
internal sealed class SegmentTally : IDisposable
{
    /// <summary>So many sources are named, the others counted: where one differs mostly all do.</summary>
    private const int SourcesNamedMax = 5;

    private readonly SegmentFooter footer;
    private readonly CanonicalHash hash;
    private readonly Coverage[] coverage;
    private readonly long[] events;
    private readonly ulong[] lastOffsets;
    private readonly HashSet<int> reordered = [];
    private ulong timeMin = ulong.MaxValue;
    private ulong timeMax;

    public SegmentTally(SegmentFooter footer)
    {
        this.footer = footer;
        hash = new CanonicalHash(footer.Sources);
        coverage = [.. footer.Sources.Select(_ => new Coverage())];
        events = new long[footer.Sources.Count];
        lastOffsets = new ulong[footer.Sources.Count];
    }

    public long Events { get; private set; }

    public long RawBytes { get; private set; }

    /// <summary>Blocks that could not be read.</summary>
    public int Missed { get; private set; }

    public void Miss() => Missed++;

    /// <summary>Null when the block is what the footer lists, else what differs; it is counted in either case.</summary>
    public string? Add(DecodedBlock block, SegmentBlock listed)
    {
        long raw = 0;
        (ulong least, ulong greatest) = (ulong.MaxValue, 0);
        for (int i = 0; i < block.Count; i++)
        {
            Event e = block[i];
            hash.Add(e);
            Cover(e);
            raw += e.Bytes.Length;
            least = Math.Min(least, e.Time);
            greatest = Math.Max(greatest, e.Time);
        }
        Events += block.Count;
        RawBytes += raw;
        timeMin = Math.Min(timeMin, least);
        timeMax = Math.Max(timeMax, greatest);
        if (block.Count != listed.Events)
            return $"has {Quantity.Count(block.Count, "event")}, the footer says {Quantity.Number(listed.Events)}";
        if (raw != listed.RawBytes)
            return $"has {Quantity.Number(raw)} raw bytes, the footer says {Quantity.Number(listed.RawBytes)}";
        return least == listed.EventTimeMin && greatest == listed.EventTimeMax
            ? null
            : $"has events from {LogTime.Format(least)} to {LogTime.Format(greatest)}, the footer says {LogTime.Format(listed.EventTimeMin)} to {LogTime.Format(listed.EventTimeMax)}";
    }

    /// <summary>What of the whole is not as the footer says. Call it once, after every block was added.</summary>
    public IEnumerable<string> Differences()
    {
        bool isEmpty = footer.Blocks.Count == 0;
        ContentHash content = isEmpty ? CanonicalHash.OfRecords(footer.Packets, footer.Manifests) : hash.Finish();
        if (Events != footer.Events)
            yield return $"the blocks hold {Quantity.Count(Events, "event")}, the footer says {Quantity.Number(footer.Events)}";
        if (RawBytes != footer.RawBytes)
            yield return $"the blocks hold {Quantity.Number(RawBytes)} raw bytes, the footer says {Quantity.Number(footer.RawBytes)}";
        if (!isEmpty && (timeMin != footer.EventTimeMin || timeMax != footer.EventTimeMax))
            yield return $"the events are from {LogTime.Format(timeMin)} to {LogTime.Format(timeMax)}, the footer says {LogTime.Format(footer.EventTimeMin)} to {LogTime.Format(footer.EventTimeMax)}";
        if (content != footer.ContentHash)
            yield return $"the content hash is {content}, the footer says {footer.ContentHash}";
        string[] sources = [.. footer.Sources.Select(Difference).OfType<string>()];
        foreach (string difference in sources.Take(SourcesNamedMax))
            yield return difference;
        if (sources.Length > SourcesNamedMax)
            yield return $"{sources.Length - SourcesNamedMax} more sources differ likewise";
    }

    public void Dispose() => hash.Dispose();

    private void Cover(scoped in Event e)
    {
        if (e.Offset < lastOffsets[e.Source])
            reordered.Add(e.Source);
        lastOffsets[e.Source] = e.Offset;
        events[e.Source]++;
        coverage[e.Source].Add(new ByteRange(e.Offset, e.End));
    }

    private string? Difference(SegmentSource source, int i)
    {
        string name = $"source {source.Descriptor.Id} ({Printable.Of(source.Descriptor.Path)})";
        if (events[i] != source.Events)
            return $"{name} has {Quantity.Count(events[i], "event")}, the footer says {Quantity.Number(source.Events)}";
        if (reordered.Contains(i))
            return $"{name} has events that are not in the order of their offsets";
        return coverage[i].SequenceEqual(new Coverage(source.Coverage)) ? null : $"{name} covers {Ranges(coverage[i])}, the footer says {Ranges(new Coverage(source.Coverage))}";
    }

    private static string Ranges(Coverage ranges) => ranges.Count switch
    {
        0 => "nothing",
        1 => $"{ranges[0].From}..{ranges[0].To}",
        _ => $"{Quantity.Count(ranges.Count, "range")} within {ranges[0].From}..{ranges[^1].To}",
    };
}
