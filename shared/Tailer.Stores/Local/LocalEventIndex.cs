using System.Runtime.CompilerServices;
using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Stores;

/// <summary>
/// Reads the local "recent" index: a directory of segments and a catalog of which of them count. Any number of processes
/// may read while one writes (<see cref="LocalEventIndexWriter"/>). Safe for several threads.
/// </summary>
public sealed class LocalEventIndex(IDisk disk, string directory) : IDisposable
{
    /// <summary>
    /// Catalogs read for one snapshot at most. A file can only be missing when a newer catalog is there, so each attempt
    /// follows a compaction; losing this often against it means that something else deletes files.
    /// </summary>
    private const int AttemptsMax = 100;

    private readonly SegmentCache cache = new(disk, directory);

    /// <summary>The index has all buckets before this bucket time; 0 when there is no index yet.</summary>
    public ulong Watermark => IndexCatalog.Read(disk, directory).Watermark;

    public IndexCatalog Catalog => IndexCatalog.Read(disk, directory);

    /// <summary>
    /// Holds the segments with event times in [<paramref name="from"/>, <paramref name="to"/>). A damaged segment is among them
    /// and throws when it is opened. Throws <see cref="InvalidDataException"/> when the catalog is damaged.
    /// </summary>
    public IndexSnapshot Snapshot(ulong from = 0, ulong to = ulong.MaxValue)
    {
        IndexCatalog catalog = IndexCatalog.Read(disk, directory);
        for (int attempt = 1; ; attempt++)
        {
            IndexSnapshot? snapshot = TryHold(catalog, from, to, giveUp: false);
            if (snapshot is not null)
                return snapshot;
            IndexCatalog newer = IndexCatalog.Read(disk, directory);
            if (newer.ToText() == catalog.ToText() || attempt == AttemptsMax)
                return TryHold(newer, from, to, giveUp: true)!;
            catalog = newer;
        }
    }

    /// <summary>
    /// Searches as <see cref="SegmentSearch"/> does. The statistics, given to <paramref name="started"/> with the watermark of
    /// the searched state before the first event, are complete when the answer has ended.
    /// </summary>
    public async IAsyncEnumerable<FoundEvent> SearchAsync(
        SearchRequest request, Action<SearchStatistics, ulong>? started = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        using IndexSnapshot snapshot = Snapshot(request.From, request.To);
        var search = new SegmentSearch(snapshot.Segments, request);
        started?.Invoke(search.Statistics, snapshot.Watermark);
        await foreach (FoundEvent found in search.RunAsync(cancellation).ConfigureAwait(false))
            yield return found;
    }

    public void Dispose() => cache.Dispose();

    /// <summary>Null when a file is not there, unless told to give up: then the missing one is a segment that throws when opened.</summary>
    private IndexSnapshot? TryHold(IndexCatalog catalog, ulong from, ulong to, bool giveUp)
    {
        var leases = new List<SegmentLease>();
        var segments = new List<SegmentRef>();
        foreach (IndexedSegment segment in catalog.Segments.Where(s => s.EventTimeMin < to && s.EventTimeMax >= from))
        {
            Func<SegmentLease> open;
            try
            {
                if (cache.TryLease(segment.Name) is { } lease)
                {
                    leases.Add(lease);
                    // The snapshot's lease keeps it open, so leasing it again cannot fail.
                    open = () => new SegmentLease(lease.Reader, () => { });
                }
                else if (giveUp)
                {
                    open = () => throw new FileNotFoundException($"segment {Path.Combine(directory, segment.Name)} is in the catalog and not on disk");
                }
                else
                {
                    leases.ForEach(held => held.Dispose());
                    return null;
                }
            }
            catch (IOException e)
            {
                open = () => throw new IOException(e.Message, e);
            }
            segments.Add(new SegmentRef(segment.Name, segment.EventTimeMin, segment.EventTimeMax, open));
        }
        cache.KeepOnly(catalog.Segments.Select(segment => segment.Name).ToHashSet(StringComparer.Ordinal));
        return new IndexSnapshot(catalog.Watermark, segments, leases);
    }
}
