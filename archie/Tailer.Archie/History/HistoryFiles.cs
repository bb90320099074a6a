using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Stores;

namespace Tailer.Archie;

/// <summary>
/// The segments of loaded histories: a folder a job. A file under its final name is whole; what ends in <c>.tmp</c> is being
/// written, or was left by a crash.
/// </summary>
internal sealed class HistoryFiles(IDisk disk, string root)
{
    /// <summary>Segments made from what bucks had not had archived yet; made anew at each load.</summary>
    public const string UnsealedPrefix = "unsealed-";

    private const int CopyBytes = 1 << 20;

    public IDisk Disk => disk;

    public string FolderOf(string id) => Path.Combine(root, id);

    public bool Has(string id, string name, long bytes)
    {
        using IDiskFile? file = disk.OpenRead(Path.Combine(FolderOf(id), name));
        return file is not null && file.Length == bytes;
    }

    /// <summary>Copies an object of the archive into the job's folder. Throws <see cref="IOException"/>.</summary>
    public void Copy(string id, string name, IDiskFile from, CancellationToken cancellation)
    {
        disk.CreateDirectory(FolderOf(id));
        string path = Path.Combine(FolderOf(id), name);
        string temporary = path + AtomicFile.TemporarySuffix;
        disk.Delete(temporary);
        using (IDiskFile to = disk.OpenAppend(temporary))
        {
            var buffer = new byte[CopyBytes];
            long at = 0;
            while (from.Read(buffer, at) is > 0 and int read)
            {
                cancellation.ThrowIfCancellationRequested();
                to.Write(buffer.AsSpan(0, read), at);
                at += read;
            }

            to.Sync();
        }

        disk.Rename(temporary, path);
        disk.SyncDirectory(FolderOf(id));
    }

    /// <summary>Writes one segment through a temporary file.</summary>
    public SegmentFooter Write(string id, string name, Func<IDiskFile, SegmentFooter> write)
    {
        disk.CreateDirectory(FolderOf(id));
        string path = Path.Combine(FolderOf(id), name);
        string temporary = path + AtomicFile.TemporarySuffix;
        disk.Delete(temporary);
        SegmentFooter footer;
        using (IDiskFile file = disk.OpenAppend(temporary))
            footer = write(file);
        disk.Rename(temporary, path);
        disk.SyncDirectory(FolderOf(id));
        return footer;
    }

    /// <summary>The job's segments with the event times of their footers. Throws <see cref="IOException"/> where one cannot be read.</summary>
    public IReadOnlyList<SegmentRef> Segments(string id)
    {
        var segments = new List<SegmentRef>();
        foreach (string name in disk.List(FolderOf(id)).Where(name => name.EndsWith(Names.SegmentSuffix, StringComparison.Ordinal)))
        {
            string path = Path.Combine(FolderOf(id), name);
            using SegmentLease lease = SegmentRef.Lease(disk.OpenRead(path), name);
            SegmentFooter footer = lease.Reader.Footer;
            segments.Add(new SegmentRef(name, footer.EventTimeMin, footer.EventTimeMax, () => SegmentRef.Lease(disk.OpenRead(path), name)));
        }

        return segments;
    }

    public void DeleteUnsealed(string id)
    {
        foreach (string name in disk.List(FolderOf(id)).Where(name => name.StartsWith(UnsealedPrefix, StringComparison.Ordinal)))
            disk.Delete(Path.Combine(FolderOf(id), name));
    }

    /// <summary>Removes a job's folder. Searches that have its files open go on to their end.</summary>
    public void Delete(string id)
    {
        foreach (string name in disk.List(FolderOf(id)))
            disk.Delete(Path.Combine(FolderOf(id), name));
        if (disk.DeleteDirectory(FolderOf(id)))
            disk.SyncDirectory(root);
    }

    /// <summary>Removes the folders of jobs that do not want theirs any more, and half-written files of the others. Returns how many.</summary>
    public int Sweep(IReadOnlySet<string> wanted)
    {
        int swept = 0;
        foreach (string name in disk.List(root).Where(IsFolderName))
        {
            if (!wanted.Contains(name))
            {
                Delete(name);
                swept++;
                continue;
            }

            foreach (string file in disk.List(FolderOf(name)).Where(file => file.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal)))
                swept += disk.Delete(Path.Combine(FolderOf(name), file)) ? 1 : 0;
        }

        return swept;
    }

    /// <summary>Only what can be a job's folder is ever deleted.</summary>
    private static bool IsFolderName(string name) => name.Length == 16 && name.All(char.IsAsciiHexDigitLower);
}
