using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Reliability;

/// <summary>Footers of an archive's segments, each read once: objects never change.</summary>
internal sealed class ArchiveFooters(string archive)
{
    private readonly SortedDictionary<string, SegmentFooter> footers = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, SegmentFooter> All => footers;

    /// <summary>Sum over all segments.</summary>
    public long RawBytes => footers.Values.Sum(footer => footer.RawBytes);

    public void Refresh()
    {
        if (!Directory.Exists(archive))
            return;
        foreach (string path in Directory.EnumerateFiles(archive, "*" + Names.SegmentSuffix, SearchOption.AllDirectories))
        {
            if (footers.ContainsKey(path) || SystemDisk.Instance.OpenRead(path) is not { } file)
                continue;
            using SegmentReader segment = SegmentReader.TryOpen(file, out SegmentError error) ?? throw new InvalidDataException($"{path} cannot be read: {error}");
            footers.Add(path, segment.Footer);
        }
    }

    /// <summary>True when the archive holds the end of the writer's last file.</summary>
    public bool HoldEndOf(Incarnation last) => footers.Values.Any(footer => footer.Sources.Any(source =>
        source.Descriptor.Inode == last.Inode && source.Coverage.Count > 0 && source.Coverage[^1].To == (ulong)last.Bytes));
}
