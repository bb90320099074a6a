using Tailer.Blocks;
using Tailer.Stores;

namespace Tailer.Archie;

/// <summary>What the archive has: the objects with events of a range, and which stretches of bucket time are sealed at all.</summary>
internal sealed class ArchivePart
{
    private const int PageObjects = 1_000;

    private readonly HashSet<ulong> spans = [];
    private ulong spanWidth;

    public List<ArchiveObject> Objects { get; } = [];

    /// <summary>
    /// Lists the environment's objects. Late and backfilled lines lie in the span in which they were read, so all names are
    /// looked at: a year of hours is nine thousand.
    /// </summary>
    public static async Task<ArchivePart> ListAsync(DirectoryArchive archive, string environment, ulong from, ulong to, CancellationToken cancellation)
    {
        var part = new ArchivePart();
        string? after = null;
        while (true)
        {
            IReadOnlyList<ArchiveObject> page = await archive.ListAsync(environment + "/", after, PageObjects, cancellation);
            foreach (ArchiveObject found in page)
                part.Add(archive, found, from, to);
            if (page.Count < PageObjects)
                return part;
            after = page[^1].Name;
        }
    }

    /// <summary>True when the bucket lies in a span that is sealed: the archive has what was in it.</summary>
    public bool IsSealed(ulong bucketStart) => spanWidth > 0 && spans.Contains(LogTime.Floor(bucketStart, spanWidth));

    /// <summary>The end of the last sealed span; 0 when there is none.</summary>
    public ulong SealedUntil => spans.Count == 0 ? 0 : spans.Max() + spanWidth;

    private void Add(DirectoryArchive archive, ArchiveObject found, ulong from, ulong to)
    {
        string[] parts = found.Name.Split('/');
        if (parts.Length < 4 || !Names.TryParseSpan(parts[^3], parts[^2], out ulong start) || !Names.TryParseSegment(parts[^1], out ulong min, out ulong max, out _))
            return;
        // All spans of an environment have one width; any footer tells it.
        if (spanWidth == 0)
        {
            using SegmentLease lease = archive.Segment(found.Name).Open();
            spanWidth = lease.Reader.Footer.SpanWidth;
        }

        spans.Add(start);
        if (min < to && max >= from)
            Objects.Add(found);
    }
}
