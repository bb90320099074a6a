using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Stores;

namespace Tailer.Porter;

/// <summary>
/// Puts segments into the archive: write to a file of our own, put if absent, read back and compare. Until the object is
/// proved, nothing counts as archived; after a crash at any moment the step is simply done again.
/// </summary>
internal sealed class SegmentPut(IDisk disk, string folder, DirectoryArchive archive, ArchiveCatalog catalog, string environment, PorterMetrics metrics, ILogger<SegmentPut> logger)
{
    /// <summary>
    /// zstd level of archived segments: sealing stays above 50 MB/s of raw lines a core, with some room (docs/performance.md, "Sealing").
    /// </summary>
    private const int Level = 9;

    private readonly HashSet<string> verified = new(StringComparer.Ordinal);

    /// <summary>
    /// Writes and puts the events as one segment; returns its object's name. Throws <see cref="IOException"/> when a disk fails or what was
    /// put does not read back; it may be repeated then.
    /// </summary>
    /// <param name="plan">Span, kind, and everything the footer is to say beside the events.</param>
    public async Task<string> PutAsync(SegmentFooter plan, MergedEvents events, string how, CancellationToken stopping)
    {
        string path = Path.Combine(folder, $"{Guid.NewGuid():N}{Names.SegmentSuffix}{AtomicFile.TemporarySuffix}");
        try
        {
            using IDiskFile file = disk.OpenAppend(path);
            SegmentFooter footer = Write(file, plan, events);
            string name = $"{Names.Span(environment, plan.SpanStart, plan.SpanWidth)}/{Names.Segment(footer.EventTimeMin, footer.EventTimeMax, footer.ContentHash, plan.Kind == SegmentKind.Strays)}";
            await PutAsync(name, file, footer, stopping).ConfigureAwait(false);
            metrics.SealedEvents.Add(footer.Events);
            metrics.SealedRawBytes.Add(footer.RawBytes);
            metrics.SealedStoredBytes.Add(file.Length);
            PorterLog.Sealed(logger, new SpanRange(plan.SpanStart, plan.SpanWidth).ToString(), how, footer.Events, footer.RawBytes, file.Length, name);
            return name;
        }
        finally
        {
            disk.Delete(path);
        }
    }

    /// <summary>Proves an object by reading all of it, once in the life of the process; false, with the object marked damaged, when it is not whole.</summary>
    public async Task<bool> VerifyAsync(string name, CancellationToken stopping)
    {
        if (verified.Contains(name))
            return true;
        using SegmentReader? segment = await catalog.OpenAsync(name, stopping).ConfigureAwait(false);
        string? wrong = segment is null ? "it is gone or damaged" : SegmentVerifier.Verify(segment);
        if (wrong is null)
            verified.Add(name);
        else
            catalog.MarkDamaged(name, wrong);
        return wrong is null;
    }

    /// <summary>Deletes an object whose content is in others.</summary>
    public async Task DeleteAsync(string name, CancellationToken stopping)
    {
        await archive.DeleteAsync(name, stopping).ConfigureAwait(false);
        catalog.Forget(name);
        verified.Remove(name);
    }

    private static SegmentFooter Write(IDiskFile file, SegmentFooter plan, MergedEvents events)
    {
        plan = plan with { Sources = [.. events.Sources.Select(source => new SegmentSource(source, 0, []))] };
        using var writer = new SegmentWriter(file, plan, Level);
        for (int i = 0; i < events.Count; i++)
            writer.Add(events[i]);
        return writer.Finish(footer => footer);
    }

    private async Task PutAsync(string name, IDiskFile file, SegmentFooter footer, CancellationToken stopping)
    {
        if (catalog.IsDamaged(name))
        {
            // What we hold has the same content hash, so nothing is lost with the damaged object.
            await DeleteAsync(name, stopping).ConfigureAwait(false);
        }
        verified.Remove(name);
        await archive.PutAsync(name, file, stopping).ConfigureAwait(false);
        if (!await VerifyAsync(name, stopping).ConfigureAwait(false))
            throw new IOException($"archive object {name} does not read back; it is replaced when the span is sealed again");
        using SegmentReader stored = await catalog.OpenAsync(name, stopping).ConfigureAwait(false)
            ?? throw new IOException($"archive object {name} is gone after it was put");
        if (stored.Footer.ContentHash != footer.ContentHash || stored.Footer.Events != footer.Events)
            throw new IOException($"archive object {name} holds other events than its name says");
    }
}
