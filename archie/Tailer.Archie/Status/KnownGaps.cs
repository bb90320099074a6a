using System.Collections.Concurrent;
using Tailer.Blocks;
using Tailer.Stores;

namespace Tailer.Archie;

/// <summary>
/// What the archive's segments say is missing, less what later segments brought. Footers never change, so each is read once.
/// The whole account, with reasons from manifests, is <c>tailer audit</c>; this is what a status page can afford.
/// </summary>
internal sealed class KnownGaps
{
    /// <summary>The newest segments looked at: three weeks of hours. Older gaps are for the audit.</summary>
    private const int SegmentsMax = 500;

    private const int GapsMax = 200;

    private readonly ConcurrentDictionary<string, SegmentFacts> known = new(StringComparer.Ordinal);

    public IReadOnlyList<GapStatus> Find(DirectoryArchive archive, IReadOnlyList<ArchiveObject> objects)
    {
        var facts = new List<SegmentFacts>();
        foreach (ArchiveObject segment in objects.OrderByDescending(o => o.Name, StringComparer.Ordinal).Take(SegmentsMax))
        {
            if (Read(archive, segment.Name) is { } read)
                facts.Add(read);
        }

        Forget(objects);
        var covered = new CoverageMap();
        HashSet<SourceId> wanted = [.. facts.SelectMany(f => f.Gaps).Select(gap => gap.Gap.Source)];
        foreach ((SourceId source, IReadOnlyList<ByteRange> ranges) in facts.SelectMany(f => f.Coverage).Where(c => wanted.Contains(c.Source)))
            covered.Add(source, ranges);
        return
        [
            // What a rule took out is wanted.
            .. facts.SelectMany(f => f.Gaps).Where(gap => gap.Gap.Reason != SkipReason.DroppedByRule).DistinctBy(gap => gap.Gap)
                .SelectMany(gap => covered.Gaps(gap.Gap.Source, new ByteRange(gap.Gap.From, gap.Gap.To)), Describe)
                .Take(GapsMax),
        ];
    }

    private static GapStatus Describe((SegmentGap Gap, SourceDescriptor? Source) gap, ByteRange left) => new(
        gap.Source?.Agent ?? "", gap.Source?.Host, gap.Source?.Path, gap.Gap.Source.ToString(), left.From, left.To, Why(gap.Gap.Reason));

    private static string Why(SkipReason reason) => reason switch
    {
        SkipReason.DeletedUnread => "the file was deleted before it was read",
        SkipReason.TruncatedUnread => "the file was truncated before it was read",
        SkipReason.Unreadable => "the file could not be read there",
        SkipReason.SpoolLost => "the agent lost its spool before it was delivered",
        SkipReason.Unseen => "a file came and went before it could be opened",
        _ => "it was sent, but no buck has it",
    };

    private SegmentFacts? Read(DirectoryArchive archive, string name)
    {
        if (known.TryGetValue(name, out SegmentFacts? facts))
            return facts;
        try
        {
            using SegmentLease lease = archive.Segment(name).Open();
            return known[name] = SegmentFacts.Of(lease.Reader.Footer);
        }
        catch (IOException)
        {
            // The archive's own check reports a segment that cannot be read; here it is one without known gaps.
            return null;
        }
    }

    private void Forget(IReadOnlyList<ArchiveObject> objects)
    {
        if (known.Count <= SegmentsMax * 2)
            return;
        HashSet<string> names = [.. objects.OrderByDescending(o => o.Name, StringComparer.Ordinal).Take(SegmentsMax).Select(o => o.Name)];
        foreach (string name in known.Keys.Where(name => !names.Contains(name)))
            known.TryRemove(name, out _);
    }
}
