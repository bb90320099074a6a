using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Stores;

/// <summary>
/// Open segments of a local index, kept while the catalog lists them, and after that while somebody still reads them: an
/// open file can be read even when its name is gone. Safe for several threads.
/// </summary>
internal sealed class SegmentCache(IDisk disk, string directory) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private bool disposed;

    /// <summary>Null when the file is not there; throws <see cref="IOException"/> when it is no readable segment.</summary>
    public SegmentLease? TryLease(string name)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (!entries.TryGetValue(name, out Entry? entry))
            {
                string path = Path.Combine(directory, name);
                if (disk.OpenRead(path) is not { } file)
                    return null;
                SegmentReader reader = SegmentReader.TryOpen(file, out SegmentError error)
                    ?? throw new IOException($"segment {path} cannot be read: {error}");
                entries.Add(name, entry = new Entry(reader));
            }
            entry.Users++;
            return new SegmentLease(entry.Reader, () => Release(entry));
        }
    }

    /// <summary>Lets go of everything else.</summary>
    public void KeepOnly(IReadOnlySet<string> names)
    {
        lock (gate)
        {
            foreach ((string name, Entry entry) in entries.Where(pair => !names.Contains(pair.Key)).ToArray())
            {
                entries.Remove(name);
                Retire(entry);
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            foreach (Entry entry in entries.Values)
                Retire(entry);
            entries.Clear();
        }
    }

    private static void Retire(Entry entry)
    {
        entry.Retired = true;
        if (entry.Users == 0)
            entry.Reader.Dispose();
    }

    private void Release(Entry entry)
    {
        lock (gate)
        {
            if (--entry.Users == 0 && entry.Retired)
                entry.Reader.Dispose();
        }
    }

    private sealed class Entry(SegmentReader reader)
    {
        public SegmentReader Reader => reader;

        public int Users { get; set; }

        public bool Retired { get; set; }
    }
}
