using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Stores;

/// <summary>
/// A segment that may be searched: its event times, known without opening it, and how to open it. Opening throws
/// <see cref="IOException"/> with what happened, where, and is then a problem of the answer, not its end.
/// </summary>
public sealed record SegmentRef(string Name, ulong EventTimeMin, ulong EventTimeMax, Func<SegmentLease> Open)
{
    public bool Intersects(ulong from, ulong to) => EventTimeMin < to && EventTimeMax >= from;

    /// <summary>A segment in a file of its own, opened anew for each search; times from its name where that has them.</summary>
    public static SegmentRef OfFile(IDisk disk, string path)
    {
        ArgumentNullException.ThrowIfNull(disk);
        if (!Names.TryParseSegment(Path.GetFileName(path), out ulong min, out ulong max, out _))
            (min, max) = (0, ulong.MaxValue);
        return new SegmentRef(path, min, max, () => Lease(disk.OpenRead(path), path));
    }

    /// <summary>A lease that owns the file.</summary>
    public static SegmentLease Lease(IDiskFile? file, string name)
    {
        if (file is null)
            throw new FileNotFoundException($"segment {name} is not there");
        SegmentReader reader = SegmentReader.TryOpen(file, out SegmentError error)
            ?? throw new IOException($"segment {name} cannot be read: {error}");
        return new SegmentLease(reader, reader.Dispose);
    }
}
