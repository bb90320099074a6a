using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Stores;

/// <summary>
/// Writes the local "recent" index; one per directory, held by a lock file. Segments become part of the index, or cease to be,
/// by one atomic replacement of the catalog, together with the watermark: after a crash at any moment the index is in the
/// state before or after a change, and files it does not list are swept at the next open. Not thread-safe.
/// </summary>
public sealed class LocalEventIndexWriter : IDisposable
{
    private const string LockName = "lock";

    private readonly IDisk disk;
    private readonly string directory;
    private readonly FileStream gate;

    /// <summary>Segments that cannot be joined within the memory allowed for it; they stay as they are.</summary>
    private readonly HashSet<string> crossed = new(StringComparer.Ordinal);

    private LocalEventIndexWriter(IDisk disk, string directory, FileStream gate)
    {
        this.disk = disk;
        this.directory = directory;
        this.gate = gate;
        Catalog = IndexCatalog.Read(disk, directory);
    }

    /// <summary>What the index consists of now.</summary>
    public IndexCatalog Catalog { get; private set; }

    public ulong Watermark => Catalog.Watermark;

    /// <summary>
    /// Takes the lock and sweeps. Throws <see cref="IOException"/> when another process writes, <see cref="InvalidDataException"/>
    /// when the catalog is damaged.
    /// </summary>
    public static LocalEventIndexWriter Open(IDisk disk, string directory)
    {
        ArgumentNullException.ThrowIfNull(disk);
        disk.CreateDirectory(directory);
        FileStream gate = new(Path.Combine(directory, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        try
        {
            var writer = new LocalEventIndexWriter(disk, directory, gate);
            writer.Sweep();
            return writer;
        }
        catch
        {
            gate.Dispose();
            throw;
        }
    }

    /// <summary>A name for a new segment's file. Until <see cref="Add"/> nobody reads it, and a crash leaves it to be swept.</summary>
    public string NewSegmentPath() => Path.Combine(directory, $"{Guid.NewGuid():N}{Names.SegmentSuffix}");

    /// <summary>
    /// Makes finished segments part of the index and moves the watermark, in one step. Empty segments are deleted instead.
    /// Throws <see cref="InvalidDataException"/> when a file is no segment, <see cref="IOException"/>; the index is then as before.
    /// </summary>
    /// <param name="paths">From <see cref="NewSegmentPath"/>, written and synced.</param>
    /// <param name="watermark">The index now has all buckets before this bucket time; it never goes back.</param>
    public void Add(IReadOnlyList<string> paths, ulong watermark)
    {
        ArgumentNullException.ThrowIfNull(paths);
        List<IndexedSegment> added = [];
        foreach (string path in paths)
        {
            IndexedSegment segment = Describe(path);
            if (segment.Events > 0)
                added.Add(segment);
            else
                disk.Delete(path);
        }
        Commit(new IndexCatalog(Math.Max(watermark, Watermark), [.. Catalog.Segments, .. added]));
    }

    /// <summary>Opens a segment of the catalog; for footers (packets, coverage) when merging what came late.</summary>
    public SegmentReader OpenSegment(IndexedSegment segment)
    {
        ArgumentNullException.ThrowIfNull(segment);
        string path = Path.Combine(directory, segment.Name);
        IDiskFile file = disk.OpenRead(path) ?? throw new FileNotFoundException($"segment {path} is in the catalog and not on disk");
        return SegmentReader.TryOpen(file, out SegmentError error) ?? throw new IOException($"segment {path} cannot be read: {error}");
    }

    /// <summary>
    /// Does one compaction; false when there is nothing to do. Repeat until then, or until something more urgent turns up.
    /// Throws <see cref="IOException"/> when a segment cannot be read; the index is then as before.
    /// </summary>
    /// <param name="level">zstd level of the new segment.</param>
    /// <param name="cancellation">Ends it early, without a trace.</param>
    public bool Compact(int level, CancellationToken cancellation = default)
    {
        while (CompactionPlan.Next(Catalog with { Segments = [.. Catalog.Segments.Where(s => !crossed.Contains(s.Name))] }) is { } chosen)
        {
            string path = NewSegmentPath();
            bool joined = false;
            try
            {
                joined = TryJoin(chosen, path, level, cancellation);
                if (joined)
                    Replace(chosen, [Describe(path)]);
            }
            finally
            {
                if (!joined)
                    disk.Delete(path);
            }
            if (joined)
                return true;
            crossed.UnionWith(chosen.Select(segment => segment.Name));
        }
        return false;
    }

    /// <summary>Drops the segments whose buckets all lie before this bucket time; gives how many.</summary>
    public int Expire(ulong before)
    {
        List<IndexedSegment> expired = [.. Catalog.Segments.Where(segment => segment.SpanEnd <= before)];
        if (expired.Count > 0)
            Replace(expired, []);
        return expired.Count;
    }

    public void Dispose() => gate.Dispose();

    private bool TryJoin(IReadOnlyList<IndexedSegment> chosen, string path, int level, CancellationToken cancellation)
    {
        List<SegmentReader> inputs = [];
        try
        {
            foreach (IndexedSegment segment in chosen)
                inputs.Add(OpenSegment(segment));
            using IDiskFile file = disk.OpenAppend(path);
            return SegmentJoin.TryWrite(inputs, file, level, cancellation);
        }
        finally
        {
            inputs.ForEach(input => input.Dispose());
        }
    }

    private void Replace(IReadOnlyList<IndexedSegment> old, IReadOnlyList<IndexedSegment> replacement)
    {
        Commit(Catalog with { Segments = [.. Catalog.Segments.Except(old), .. replacement] });
        foreach (IndexedSegment segment in old)
            disk.Delete(Path.Combine(directory, segment.Name));
    }

    private void Commit(IndexCatalog catalog)
    {
        // The new segments' names must be safe before a catalog that needs them is.
        disk.SyncDirectory(directory);
        catalog.Write(disk, directory);
        Catalog = catalog;
    }

    private IndexedSegment Describe(string path)
    {
        IDiskFile file = disk.OpenRead(path) ?? throw new FileNotFoundException($"segment {path} is not there");
        using SegmentReader reader = SegmentReader.TryOpen(file, out SegmentError error)
            ?? throw new InvalidDataException($"{path} is no finished segment: {error}");
        return IndexedSegment.Of(Path.GetFileName(path), reader.Footer, reader.FileBytes);
    }

    /// <summary>Deletes what a crash left: segments no catalog lists, and temporary files.</summary>
    private void Sweep()
    {
        var listed = Catalog.Segments.Select(segment => segment.Name).ToHashSet(StringComparer.Ordinal);
        foreach (string name in disk.List(directory))
        {
            bool orphan = name.EndsWith(Names.SegmentSuffix, StringComparison.Ordinal) && !listed.Contains(name);
            if (orphan || name.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal))
                disk.Delete(Path.Combine(directory, name));
        }
    }
}
