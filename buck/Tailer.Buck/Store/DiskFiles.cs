using Microsoft.Extensions.Logging;
using Tailer.Blocks;

namespace Tailer.Buck;

/// <summary>
/// The bucket files of one disk. Thread-safe unless it says otherwise. What the disk does not do sets it aside, with one record in the log; while it is
/// aside there are no files here.
/// </summary>
internal sealed class DiskFiles(StoreDisk disk, OpenBuckets open, ILogger<BucketStore> logger)
{
    public StoreDisk Disk => disk;

    /// <summary>As <see cref="BucketStore.Append"/>, on this disk and without a look at others.</summary>
    public StoreResult Append(BucketKey bucket, RecordType type, PacketId id, ReadOnlySpan<byte> body, bool healed)
    {
        if (!disk.IsThere)
            return new StoreResult(StoreOutcome.DiskFailed, null);
        if (!disk.Reserve.HasRoom(body.Length + RecordHeader.Bytes))
            return new StoreResult(StoreOutcome.DiskFull, null);
        string path = disk.Directory;
        try
        {
            while (open.Get(new BucketFile(disk, bucket)) is { } file)
            {
                path = file.Path;
                StoreOutcome? outcome = file.TryAppend(type, id, body, healed, out BucketOpening? opening);
                if (opening is not null)
                    Opened(opening);
                if (outcome == StoreOutcome.Stored)
                    disk.Reserve.Used(body.Length + RecordHeader.Bytes);
                if (outcome is { } known)
                    return new StoreResult(known, disk);
            }
            return new StoreResult(StoreOutcome.DiskFailed, null);
        }
        catch (IOException e) when (IsDiskFull(e))
        {
            disk.Reserve.Filled();
            return new StoreResult(StoreOutcome.DiskFull, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(path, e);
            return new StoreResult(StoreOutcome.DiskFailed, null);
        }
    }

    /// <summary>The disk has a record of this id; with <paramref name="askDamaged"/> it is read, to see whether it is whole.</summary>
    public bool Has(BucketKey bucket, PacketId id, bool askDamaged, out bool isDamaged)
    {
        isDamaged = false;
        string path = disk.Directory;
        try
        {
            while (open.Get(new BucketFile(disk, bucket)) is { } file)
            {
                path = file.Path;
                bool? has = file.Has(id, out BucketOpening? opening);
                if (opening is not null)
                    Opened(opening);
                if (has is not { } known)
                    continue;
                isDamaged = known && askDamaged && file.IsDamaged(id);
                return known;
            }
        }
        catch (IOException e) when (IsDiskFull(e))
        {
            // It is there: only the torn end of the file could not be written again.
            disk.Reserve.Filled();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(path, e);
        }
        return false;
    }

    /// <summary>As <see cref="BucketStore.TryPrune"/>.</summary>
    public bool? TryPrune(BucketFile file, Func<BucketFacts, bool> isAsExpected)
    {
        while (disk.IsThere && disk.Disk.Exists(disk.PathOf(file.Key)))
        {
            if (open.Get(file) is not { } opened || opened.TryPrune(isAsExpected, out UnsyncedFile? detached) is not { } pruned)
                continue;
            if (!pruned)
                return false;
            open.Forget(opened);
            if (detached is { } closed)
                disk.Detach(closed);
            string day = Path.GetDirectoryName(opened.Path)!;
            disk.NoteChangedDirectory(day);
            disk.Disk.DeleteDirectory(day);
            return true;
        }
        return null;
    }

    public IEnumerable<string> Days() => List(null).Where(Names.IsDay);

    public IEnumerable<BucketFile> FilesOf(string day)
    {
        foreach (string name in List(day))
        {
            if (BucketKey.TryParse(day, name, out BucketKey key))
                yield return new BucketFile(disk, key);
        }
    }

    /// <summary>
    /// Syncs all that was appended before the call: files, then the directories that got new names. One caller at a time. Throws
    /// <see cref="IOException"/>, after which the disk is aside: what the kernel could not write it may have
    /// thrown away, and a second fsync would not tell. What was not synced is then left for <see cref="TakeUnsynced"/>.
    /// </summary>
    public void Sync()
    {
        // First the open ones, then the closed ones: a bucket that is closed in between is then among the latter.
        var dirty = new List<(OpenBucket Bucket, BucketFileWriter Writer, long Length)>();
        foreach (OpenBucket bucket in open.Of(disk))
        {
            if (bucket.TakeDirty() is var (writer, length))
                dirty.Add((bucket, writer, length));
        }
        (UnsyncedFile[] closed, string[] directories) = disk.TakeUnsynced();
        string path = disk.Directory;
        try
        {
            foreach ((OpenBucket bucket, BucketFileWriter writer, long length) in dirty)
            {
                path = writer.Path;
                Failpoint.Hit("syncing");
                writer.Sync();
                bucket.Synced(length);
            }
            foreach (UnsyncedFile file in closed)
            {
                path = file.Writer.Path;
                Failpoint.Hit("syncing");
                file.Writer.Sync();
            }
            Failpoint.Hit("synced");
            foreach (string directory in directories)
            {
                path = directory;
                if (disk.Disk.Exists(directory))
                    disk.Disk.SyncDirectory(directory);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            foreach (UnsyncedFile file in closed)
                disk.Detach(file);
            foreach (string directory in directories)
                disk.NoteChangedDirectory(directory);
            Fail(path, e);
            throw;
        }
        foreach (UnsyncedFile file in closed)
            file.Writer.Dispose();
    }

    /// <summary>
    /// Closes all files of the disk, which is aside, and returns which may not be wholly on it, and from where. Waits for who is writing to one at present.
    /// </summary>
    public (IReadOnlyList<(string Path, long From)> Files, IReadOnlyList<string> Directories) TakeUnsynced()
    {
        CloseFiles();
        (UnsyncedFile[] closed, string[] directories) = disk.TakeUnsynced();
        var unsynced = new List<(string, long)>(closed.Length);
        foreach (UnsyncedFile file in closed)
        {
            if (file.Writer.Length > file.From)
                unsynced.Add((file.Writer.Path, file.From));
            file.Writer.Dispose();
        }
        return (unsynced, directories);
    }

    /// <summary>Syncs and closes everything; nothing is taken afterwards. Throws <see cref="IOException"/>.</summary>
    public void Close()
    {
        bool wasThere = disk.SetAside("the store is closed");
        CloseFiles();
        if (wasThere)
            Sync();
        else
            TakeUnsynced();
    }

    /// <summary>The disk did not do what it should: it is set aside, which is logged once.</summary>
    public void Fail(string path, Exception e)
    {
        if (disk.SetAside($"{path}: {e.Message}"))
            BuckLog.DiskFailed(logger, disk.Number, disk.Directory, path, e.Message);
    }

    /// <summary>.NET puts errno into HResult (Interop.GetIOException of the runtime): ENOSPC, EDQUOT.</summary>
    internal static bool IsDiskFull(IOException e) => e.HResult is 28 or 122;

    private void CloseFiles()
    {
        foreach (OpenBucket bucket in open.Remove(disk))
        {
            if (bucket.Close() is { } file)
                disk.Detach(file);
        }
    }

    private void Opened(BucketOpening opening)
    {
        if (opening.IsNew)
        {
            disk.NoteChangedDirectory(Path.GetDirectoryName(opening.Path)!);
            disk.NoteChangedDirectory(disk.Directory);
        }
        if (opening.TornBytes > 0)
            BuckLog.TornTail(logger, opening.Path, opening.TornBytes);
        foreach ((long from, long to) in opening.Damage)
            BuckLog.Damage(logger, opening.Path, from, to);
    }

    private IReadOnlyList<string> List(string? day)
    {
        try
        {
            return disk.List(day);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(day is null ? disk.Directory : Path.Combine(disk.Directory, day), e);
            return [];
        }
    }
}
