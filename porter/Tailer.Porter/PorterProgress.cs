using System.Collections.Concurrent;
using Tailer.Blocks;

namespace Tailer.Porter;

/// <summary>How far the loops are, for each other and for the status file. Thread-safe; empty after a start.</summary>
internal sealed class PorterProgress
{
    /// <summary>Gaps shown at most, of the latest spans; <c>tailer audit</c> knows all.</summary>
    private const int GapsMax = 200;

    private readonly ConcurrentDictionary<HeldFileName, long> indexed = new();
    private readonly Lock gate = new();
    private readonly SortedDictionary<ulong, IReadOnlyList<SourceGap>> gaps = [];
    private ulong archivedUntil;

    /// <summary>Where recent goes on in a bucket file: behind everything it has read.</summary>
    public long IndexedUpTo(HeldFile file) =>
        indexed.TryGetValue(file.Name, out long position) && position <= file.Listing.FileBytes ? position : 0;

    /// <summary>Recent has read everything the file was listed with.</summary>
    public bool IsIndexed(HeldFile file) => indexed.TryGetValue(file.Name, out long position) && position >= file.Listing.FileBytes;

    public void Indexed(HeldFile file, long position) => indexed[file.Name] = position;

    /// <summary>The file was dropped; one that comes under its name is another.</summary>
    public void Dropped(HeldFile file) => indexed.TryRemove(file.Name, out _);

    /// <summary>End of the latest span that is archived and proved; 0 when none was seen since the start.</summary>
    public ulong ArchivedUntil
    {
        get
        {
            lock (gate)
                return archivedUntil;
        }
    }

    /// <summary>Gaps of the spans archived since the start, latest first.</summary>
    public IReadOnlyList<SourceGap> Gaps
    {
        get
        {
            lock (gate)
                return [.. gaps.Reverse().SelectMany(span => span.Value).Take(GapsMax)];
        }
    }

    public void Archived(SpanContent content)
    {
        List<SourceGap> found = FindGaps(content);
        lock (gate)
        {
            archivedUntil = Math.Max(archivedUntil, content.Span.End);
            gaps.Remove(content.Span.Start);
            if (found.Count > 0)
                gaps.Add(content.Span.Start, found);
            while (gaps.Count > GapsMax)
                gaps.Remove(gaps.First().Key);
        }
    }

    /// <summary>Drops what is known of files that no buck that answered lists any more.</summary>
    public void KeepOnly(FleetListing listing)
    {
        HashSet<HeldFileName> there = [.. listing.Files.Select(file => file.Name)];
        foreach (HeldFileName name in indexed.Keys.Where(name => !there.Contains(name) && !listing.Unreachable.Contains(name.Buck)).ToArray())
            indexed.TryRemove(name, out _);
    }

    /// <summary>What footers call a gap and no segment of the span has got since.</summary>
    private static List<SourceGap> FindGaps(SpanContent content)
    {
        var have = new CoverageMap();
        var descriptors = new Dictionary<SourceId, SourceDescriptor>();
        foreach (SegmentFooter footer in content.Segments.Select(segment => segment.Footer))
        {
            have.Add(footer);
            foreach (SegmentSource source in footer.Sources)
                descriptors.TryAdd(source.Descriptor.Id, source.Descriptor);
        }
        foreach (ManifestSource source in content.SealedManifests().SelectMany(manifest => manifest.Sources))
            descriptors.TryAdd(source.Id, source.Descriptor);
        // What a rule took out is wanted.
        return [.. content.Segments.SelectMany(segment => segment.Footer.Gaps).Where(gap => gap.Reason != SkipReason.DroppedByRule).Distinct().SelectMany(gap =>
            have.Gaps(gap.Source, new ByteRange(gap.From, gap.To)).Select(range => Show(gap, range, descriptors.GetValueOrDefault(gap.Source))))];
    }

    private static SourceGap Show(SegmentGap gap, ByteRange range, SourceDescriptor? source) =>
        new(source?.Agent ?? "", source?.Host ?? "", source?.Path ?? "", gap.Source.ToString(), range.From, range.To, gap.Reason.ToString());
}
