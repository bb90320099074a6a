using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>A followed path as the state directory keeps it.</summary>
internal sealed record SavedPath(string Path, string RealPath, SourceId Last, IReadOnlyList<FileIdentity> Dismissed, IReadOnlyList<EndedSource> Ended,
    IReadOnlyList<FileIdentity> Waiting, ulong SinceNs)
{
    /// <summary>More files beside one path are not kept apart.</summary>
    private const int DismissedMax = 4096;

    public static SavedPath Of(FollowedPath path)
    {
        if (path.Copies.Count > 0 && path.Sources.All(s => s.IsSpooled && !s.IsActive))
            path.Copies.Clear();
        return new(path.Path, path.RealPath, path.Last?.Id ?? default, [.. path.Dismissed.Except(path.Copies).Take(DismissedMax)], [.. path.Ended],
            [.. path.Waiting.Take(DismissedMax)], path.SinceNs);
    }

    public void WriteTo(ByteWriter w)
    {
        w.Text(Path);
        w.Text(RealPath);
        w.Id(Last);
        WriteAll(w, Dismissed);
        w.Varint((ulong)Ended.Count);
        foreach (EndedSource ended in Ended)
            ended.WriteTo(w);
        WriteAll(w, Waiting);
        w.U64(SinceNs);
    }

    /// <param name="r">Where it begins.</param>
    /// <param name="version">Of the state it is in.</param>
    /// <param name="lastScanNs">When the agent had looked last: what was older then, versions before 3 knew.</param>
    public static SavedPath Read(ref SpanReader r, byte version, ulong lastScanNs)
    {
        string path = r.Text(Limits.PathBytesMax);
        string realPath = r.Text(Limits.PathBytesMax);
        SourceId last = r.SourceId();
        FileIdentity[] dismissed = ReadAll(ref r);
        var ended = new EndedSource[version < 2 ? 0 : r.Count(FollowedPath.EndedMax)];
        for (int i = 0; i < ended.Length; i++)
            ended[i] = EndedSource.Read(ref r);
        FileIdentity[] waiting = version < 2 ? [] : ReadAll(ref r);
        return new SavedPath(path, realPath, last, dismissed, ended, waiting, version < 3 ? lastScanNs : r.U64());
    }

    public static void Write(ByteWriter w, FileIdentity identity)
    {
        w.Varint(identity.Device);
        w.Varint(identity.Inode);
        w.U64(identity.BirthTimeNs);
    }

    public static FileIdentity ReadIdentity(ref SpanReader r) => new(r.Varint(), r.Varint(), r.U64());

    private static void WriteAll(ByteWriter w, IReadOnlyList<FileIdentity> identities)
    {
        w.Varint((ulong)identities.Count);
        foreach (FileIdentity identity in identities)
            Write(w, identity);
    }

    private static FileIdentity[] ReadAll(ref SpanReader r)
    {
        var identities = new FileIdentity[r.Count(DismissedMax)];
        for (int i = 0; i < identities.Length; i++)
            identities[i] = ReadIdentity(ref r);
        return identities;
    }
}
