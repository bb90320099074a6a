using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Stores;

namespace Tailer.Porter;

/// <summary>
/// What the archive's listing and footers say. Objects never change, so footers are kept as long as they are of use; objects
/// found damaged are as if they were not there until they are replaced. One owner; not thread-safe.
/// </summary>
internal sealed class ArchiveCatalog(DirectoryArchive archive, string environment, ILogger<ArchiveCatalog> logger) : ISegmentShelf
{
    private const int PageObjects = 1000;

    private readonly Dictionary<string, StoredSegment> footers = new(StringComparer.Ordinal);
    private readonly HashSet<string> damaged = new(StringComparer.Ordinal);

    /// <summary>
    /// Segments of spans that reach into [from, to), in order of name: those that start there, and the last one before if it
    /// reaches in, as it does when spans were once wider.
    /// </summary>
    public async Task<IReadOnlyList<StoredSegment>> FindAsync(ulong from, ulong to, CancellationToken stopping)
    {
        List<(ulong Start, string Name)> listed = [];
        ulong day = LogTime.Floor(from, LogTime.PerDay);
        for (day -= Math.Min(day, LogTime.PerDay); day < to; day += LogTime.PerDay)
        {
            foreach (string name in await ListAsync($"{environment}/{Names.Day(day)}/", stopping).ConfigureAwait(false))
            {
                if (StartOf(name) is { } start && start < to)
                    listed.Add((start, name));
            }
        }
        ulong lastBefore = listed.Where(segment => segment.Start < from).Select(segment => segment.Start).DefaultIfEmpty().Max();
        List<StoredSegment> found = [];
        foreach ((ulong start, string name) in listed)
        {
            if ((start >= from || start == lastBefore) && await OpenAsync(name, keep: true, stopping).ConfigureAwait(false) is { } segment && segment.Span.End > from)
                found.Add(segment);
        }
        return found;
    }

    public async IAsyncEnumerable<StoredSegment> AllAsync([EnumeratorCancellation] CancellationToken stopping)
    {
        foreach (string name in await ListAsync($"{environment}/", stopping).ConfigureAwait(false))
        {
            if (await OpenAsync(name, keep: false, stopping).ConfigureAwait(false) is { } segment)
                yield return segment;
        }
    }

    public async Task<SegmentReader?> OpenAsync(string name, CancellationToken stopping)
    {
        IDiskFile? file = await archive.OpenAsync(name, stopping).ConfigureAwait(false);
        if (file is null)
            return null;
        SegmentReader? reader = SegmentReader.TryOpen(file, out SegmentError error);
        if (reader is null)
            MarkDamaged(name, error.ToString());
        return reader;
    }

    public void MarkDamaged(string name, string reason)
    {
        footers.Remove(name);
        if (damaged.Add(name))
            PorterLog.DamagedObject(logger, name, reason);
    }

    public bool IsDamaged(string name) => damaged.Contains(name);

    /// <summary>The object was replaced by a good one, or deleted.</summary>
    public void Forget(string name)
    {
        footers.Remove(name);
        damaged.Remove(name);
    }

    /// <summary>Drops what is kept of spans that end before this time.</summary>
    public void ForgetBefore(ulong time)
    {
        foreach (StoredSegment segment in footers.Values.Where(segment => segment.Span.End < time).ToArray())
            footers.Remove(segment.Name);
    }

    private async Task<StoredSegment?> OpenAsync(string name, bool keep, CancellationToken stopping)
    {
        if (footers.TryGetValue(name, out StoredSegment? known) || damaged.Contains(name))
            return known;
        using SegmentReader? reader = await OpenAsync(name, stopping).ConfigureAwait(false);
        if (reader is null)
            return null;
        var segment = new StoredSegment(name, reader.Footer);
        if (keep)
            footers.Add(name, segment);
        return segment;
    }

    private async Task<List<string>> ListAsync(string prefix, CancellationToken stopping)
    {
        List<string> names = [];
        while (true)
        {
            IReadOnlyList<ArchiveObject> page = await archive.ListAsync(prefix, names.Count == 0 ? null : names[^1], PageObjects, stopping).ConfigureAwait(false);
            names.AddRange(page.Select(found => found.Name));
            if (page.Count < PageObjects)
                return names;
        }
    }

    /// <summary>The start of the span in whose folder the object is; null when the name is none of a segment.</summary>
    private static ulong? StartOf(string name) =>
        name.Split('/') is [_, var day, var slot, _] && Names.TryParseSpan(day, slot, out ulong start) ? start : null;
}
