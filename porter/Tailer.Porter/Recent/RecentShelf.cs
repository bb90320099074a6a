using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Stores;

namespace Tailer.Porter;

/// <summary>The recent index as the porter writes it: which packets it has, bucket by bucket, by its segments' footers. Not thread-safe.</summary>
internal sealed class RecentShelf(LocalEventIndexWriter writer, IDisk disk, ILogger<RecentShelf> logger) : ISegmentShelf, IDisposable
{
    /// <summary>zstd level: written often, read for days, and compacted later.</summary>
    private const int Level = 3;

    /// <summary>Footers kept: those around the buckets at hand. A compacted segment's footer can name many packets.</summary>
    private const int FootersMax = 32;

    private readonly Dictionary<string, StoredSegment> footers = new(StringComparer.Ordinal);
    private readonly HashSet<string> damaged = new(StringComparer.Ordinal);

    public ulong Watermark => writer.Watermark;

    /// <summary>The segments that hold events of packets of buckets in [from, to).</summary>
    public IReadOnlyList<StoredSegment> Find(ulong from, ulong to) =>
        [.. writer.Catalog.Segments.Where(segment => segment.SpanStart < to && segment.SpanEnd > from).Select(Read).OfType<StoredSegment>()];

    public async IAsyncEnumerable<StoredSegment> AllAsync([EnumeratorCancellation] CancellationToken stopping)
    {
        foreach (IndexedSegment segment in writer.Catalog.Segments)
        {
            stopping.ThrowIfCancellationRequested();
            if (Read(segment) is { } stored)
                yield return stored;
        }
        await Task.CompletedTask.ConfigureAwait(false);
    }

    public Task<SegmentReader?> OpenAsync(string name, CancellationToken stopping) =>
        Task.FromResult(writer.Catalog.Segments.FirstOrDefault(segment => segment.Name == name) is { } listed ? Open(listed) : null);

    public void MarkDamaged(string name, string reason)
    {
        footers.Remove(name);
        if (damaged.Add(name))
            PorterLog.DamagedRecent(logger, name, reason);
    }

    /// <summary>Writes the events as a segment and makes it part of the index, together with the watermark.</summary>
    public void Add(SegmentFooter plan, MergedEvents events, ulong watermark)
    {
        string path = writer.NewSegmentPath();
        using (IDiskFile file = disk.OpenAppend(path))
        {
            using var segment = new SegmentWriter(file, plan with { Sources = [.. events.Sources.Select(source => new SegmentSource(source, 0, []))] }, Level);
            for (int i = 0; i < events.Count; i++)
                segment.Add(events[i]);
            segment.Finish(footer => footer);
        }
        writer.Add([path], watermark);
    }

    public void MoveWatermark(ulong watermark)
    {
        if (watermark > writer.Watermark)
            writer.Add([], watermark);
    }

    public int Expire(ulong before) => writer.Expire(before);

    /// <summary>Does one compaction; false when there is none to do.</summary>
    public bool Compact(CancellationToken stopping) => writer.Compact(Level, stopping);

    public void Dispose() => writer.Dispose();

    private StoredSegment? Read(IndexedSegment listed)
    {
        if (footers.TryGetValue(listed.Name, out StoredSegment? known) || damaged.Contains(listed.Name))
            return known;
        using SegmentReader? reader = Open(listed);
        if (reader is null)
            return null;
        if (footers.Count == FootersMax)
            footers.Clear();
        return footers[listed.Name] = new StoredSegment(listed.Name, reader.Footer);
    }

    private SegmentReader? Open(IndexedSegment listed)
    {
        try
        {
            return writer.OpenSegment(listed);
        }
        catch (IOException e)
        {
            MarkDamaged(listed.Name, e.Message);
            return null;
        }
    }
}
