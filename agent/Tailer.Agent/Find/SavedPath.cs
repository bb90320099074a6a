using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>A followed path as the state directory keeps it.</summary>
internal sealed record SavedPath(string Path, string RealPath, SourceId Last, IReadOnlyList<FileIdentity> Ignored)
{
    /// <summary>More files of the same birth beside one path are not kept apart.</summary>
    private const int IgnoredMax = 1024;

    public static SavedPath Of(FollowedPath path) => new(path.Path, path.RealPath, path.Last?.Id ?? default, [.. path.Ignored.Take(IgnoredMax)]);

    public void WriteTo(ByteWriter w)
    {
        w.Text(Path);
        w.Text(RealPath);
        w.Id(Last);
        w.Varint((ulong)Ignored.Count);
        foreach (FileIdentity identity in Ignored)
        {
            w.Varint(identity.Device);
            w.Varint(identity.Inode);
            w.U64(identity.BirthTimeNs);
        }
    }

    public static SavedPath Read(ref SpanReader r)
    {
        string path = r.Text(Limits.PathBytesMax);
        string realPath = r.Text(Limits.PathBytesMax);
        SourceId last = r.SourceId();
        var ignored = new FileIdentity[r.Count(IgnoredMax)];
        for (int i = 0; i < ignored.Length; i++)
            ignored[i] = new FileIdentity(r.Varint(), r.Varint(), r.U64());
        return new SavedPath(path, realPath, last, ignored);
    }
}
