using Microsoft.Extensions.Logging;
using Tailer.Blocks;

namespace Tailer.Buck;

/// <summary>
/// The bucket files of one disk. Thread-safe unless it says otherwise. What the disk does not do sets it aside, with one record in the log; while it is
/// aside there are no files here.
/// </summary>
internal sealed class DiskFiles(StoreDisk disk, OpenBuckets open, ILogger<BucketStore> logger)
{
    /// <summary>
    /// An append waits for so long to hear whether another disk than its own has the packet, where that must be read first: longer than a disk takes that is
    /// only busy, and short enough for who waits to be answered in time.
    /// </summary>
    private static readonly TimeSpan LoadPatience = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan FilePatience = TimeSpan.FromSeconds(10);

    /// <summary>A disk with more bad spots than these is bad.</summary>
    private const int BadFilesMax = 64;

    private readonly HashSet<string> badFiles = new(StringComparer.Ordinal);

    /// <summary>Files that are opened at the same time. Each has a thread meanwhile: one with gigabytes in it, or on a disk that hangs, takes its time.</summary>
    private readonly Turns opening = new(2);

    public StoreDisk Disk => disk;

    /// <summary>As <see cref="BucketStore.AppendAsync"/>, on this disk and without a look at others.</summary>
    public async ValueTask<StoreResult> AppendAsync(NewRecord record)
    {
        if (!disk.IsThere)
            return new StoreResult(StoreOutcome.DiskFailed, null);
        if (!disk.Reserve.HasRoom(record.FileBytes))
            return new StoreResult(StoreOutcome.DiskFull, null);
        string path = disk.Directory;
        try
        {
            while (open.Get(new BucketFile(disk, record.Bucket)) is { } file)
            {
                path = file.Path;
                if (!file.IsOpen)
                    await file.OpenOnce(file => Task.Run(() => OpenAsync(file, static file => file.Open()))).ConfigureAwait(false);
                StoreOutcome? outcome = file.TryEnter() ? AppendAndExit(file, record) : await AppendInTurnAsync(file, record).ConfigureAwait(false);
                if (outcome == StoreOutcome.Stored)
                    disk.Reserve.Used(record.FileBytes);
                if (outcome is { } known)
                    return new StoreResult(known, disk);
            }
            return new StoreResult(StoreOutcome.DiskFailed, null);
        }
        catch (IOException e) when (DiskErrors.IsFull(e))
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

    /// <summary>
    /// The disk has a record of this id; with <paramref name="askDamaged"/> it is read, to see whether it is whole. Of a file whose records are not known
    /// yet and take longer than <see cref="LoadPatience"/> to be read it is not known: then it counts as not there, and the same may be stored a second time.
    /// </summary>
    public async ValueTask<(bool Has, bool IsDamaged)> HasAsync(BucketKey bucket, PacketId id, bool askDamaged)
    {
        try
        {
            while (open.Get(new BucketFile(disk, bucket)) is { } file)
            {
                if (file.Has(id))
                {
                    if (file.IsOpen)
                        return (true, askDamaged && file.IsDamaged(id));
                }
                else if (file.IsLoaded || file.IsLate)
                {
                    if (!file.IsClosed)
                        return default;
                    continue;
                }
                if (file.IsClosed)
                    continue;
                if (!await IsLoadedInTime(file).ConfigureAwait(false))
                    return default;
                if (!file.IsClosed)
                    return file.Has(id) ? (true, askDamaged && file.IsDamaged(id)) : default;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(disk.Directory, e);
        }
        return default;
    }

    /// <summary>As <see cref="BucketStore.TryPrune"/>.</summary>
    public bool? TryPrune(BucketFile file, Func<BucketFacts, bool> isAsExpected)
    {
        while (disk.IsThere && disk.Disk.Exists(disk.PathOf(file.Key)))
        {
            if (open.Get(file) is not { } opened)
                continue;
            if (opened.TryPrune(isAsExpected, FilePatience, out UnsyncedFile? detached) is not { } pruned)
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
        CloseFiles(Timeout.InfiniteTimeSpan);
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
        CloseFiles(FilePatience);
        if (wasThere)
            Sync();
        else
            TakeUnsynced();
    }

    /// <summary>The disk did not do what it should: it is set aside, which is logged once, and who waits for it goes elsewhere.</summary>
    public void Fail(string path, Exception e)
    {
        if (!disk.SetAside($"{path}: {e.Message}"))
            return;
        BuckLog.DiskFailed(logger, disk.Number, disk.Directory, path, e.Message);
        opening.Refuse();
        foreach (OpenBucket bucket in open.Of(disk))
            bucket.Queue.Refuse();
    }

    /// <summary>
    /// A disk that cannot give what is on it is set aside. When it comes back and still cannot give the same file, that file has a bad spot, of which the other bucks have
    /// copies, and the rest of the disk is of use.
    /// </summary>
    public void ReadFailed(string path, IOException e)
    {
        lock (badFiles)
        {
            if (badFiles.Contains(path))
                return;
            if (badFiles.Count < BadFilesMax)
                badFiles.Add(path);
        }
        Fail(path, e);
    }

    /// <summary>Gives up what the disk has been asked for and has not answered in time: it counts as failed, and who waits is told.</summary>
    public void GiveUp()
    {
        foreach (DiskCall call in disk.Calls.GiveUp())
        {
            Fail(call.Path, new IOException(call.Text));
            call.Tell();
        }
    }

    /// <summary>The disk is there again.</summary>
    public void Return()
    {
        opening.Allow();
        disk.Return();
    }

    private void CloseFiles(TimeSpan patience)
    {
        foreach (OpenBucket bucket in open.Remove(disk))
        {
            if (bucket.TryClose(patience, out UnsyncedFile? closed) && closed is { } file)
                disk.Detach(file);
        }
    }

    /// <summary>Null when the bucket is closed, or was not opened: ask for it again.</summary>
    private StoreOutcome? AppendAndExit(OpenBucket file, NewRecord record)
    {
        DiskCall call = disk.Calls.Begin("writing", file.Path, record.GiveUp);
        try
        {
            return file.IsOpen ? file.Append(record, call) : null;
        }
        finally
        {
            disk.Calls.End(call);
            file.Exit();
        }
    }

    /// <summary>Behind others that are at the file; only the first of them has a thread. Null also when the disk is set aside meanwhile.</summary>
    private async ValueTask<StoreOutcome?> AppendInTurnAsync(OpenBucket file, NewRecord record)
    {
        if (!await file.Queue.TakeAsync().ConfigureAwait(false))
            return null;
        try
        {
            return file.Enter(Timeout.InfiniteTimeSpan) ? AppendAndExit(file, record) : null;
        }
        finally
        {
            file.Queue.Leave();
        }
    }

    /// <summary>On a thread that may wait for the disk.</summary>
    private async Task OpenAsync(OpenBucket file, Func<OpenBucket, BucketOpening?> openIt)
    {
        if (!await opening.TakeAsync().ConfigureAwait(false))
            throw new IOException($"{disk.Directory} is set aside: {disk.Trouble}");
        try
        {
            BucketOpening? found = await Task.Factory.StartNew(() => openIt(file), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
            if (found is not null)
                Opened(found);
        }
        finally
        {
            opening.Leave();
        }
    }

    private async ValueTask<bool> IsLoadedInTime(OpenBucket file)
    {
        Task loading = file.LoadOnce(file => Task.Run(() => LoadAsync(file)));
        try
        {
            await loading.WaitAsync(LoadPatience).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            file.IsLate = true;
            return false;
        }
    }

    private async Task LoadAsync(OpenBucket file)
    {
        try
        {
            await OpenAsync(file, static file => file.OpenIfThere()).ConfigureAwait(false);
        }
        catch (IOException e) when (DiskErrors.IsFull(e))
        {
            // Only the torn end of the file could not be written again.
            disk.Reserve.Filled();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(file.Path, e);
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
