using Microsoft.Extensions.Logging;
using Tailer.Disk;

namespace Tailer.Buck;

/// <summary>
/// What one disk needs, on a thread of its own, so that a disk that hangs holds up no other: a sync every interval, and at once when somebody waits for
/// it (all who wait share one sync); a look at its free space every second; and, while it is aside, attempts to bring it back.
/// </summary>
internal sealed class DiskLoop(DiskFiles files, DiskAdmission? admission, TimeSpan interval, TimeProvider clock, ILogger logger) : IDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly SemaphoreSlim wanted = new(0);
    private readonly TaskCompletionSource tried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StoreDisk disk = files.Disk;
    private readonly DiskBackoff backoff = new(clock);
    private readonly Dictionary<string, long> unsyncedFiles = new(StringComparer.Ordinal);
    private readonly HashSet<string> unsyncedDirectories = new(StringComparer.Ordinal);
    private TaskCompletionSource? next;
    private volatile TaskCompletionSource? syncing;
    private long looked;
    private bool wasFull;

    public StoreDisk Disk => disk;

    /// <summary>Completes when it is known whether the disk is there.</summary>
    public Task Tried => tried.Task;

    /// <summary>
    /// Completes when everything appended to the disk before the call would survive a power loss; faults with an
    /// <see cref="IOException"/> when it may not.
    /// </summary>
    public Task CommitAsync()
    {
        lock (gate)
        {
            if (!disk.IsThere)
                return Task.FromException(Aside());
            if (next is not null)
                return next.Task;
            next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            wanted.Release();
            return next.Task;
        }
    }

    /// <summary>
    /// By a thread that watches: gives up what the disk does not answer. The loop's own thread may be in the middle of that; who waits for it is told.
    /// </summary>
    public void Watch()
    {
        files.GiveUp();
        if (disk.IsThere)
            return;
        syncing?.TrySetException(Aside());
        Settle(Aside());
    }

    /// <summary>Until it is stopped; then everything is synced and closed. Blocks its thread.</summary>
    public void Run(CancellationToken stopping)
    {
        TimeSpan wait = TimeSpan.Zero;
        while (!stopping.IsCancellationRequested)
        {
            if (disk.IsThere)
                wait = RunOnce(stopping);
            else
                wait = TryAgain(wait, stopping);
            tried.TrySetResult();
        }
        Close();
    }

    public void Dispose() => wanted.Dispose();

    /// <summary>Returns how long to wait before the disk is tried again, should it be aside now.</summary>
    private TimeSpan RunOnce(CancellationToken stopping)
    {
        if (looked == 0 || clock.GetElapsedTime(looked) >= LookInterval)
            Look();
        tried.TrySetResult();
        Wait(interval, stopping);
        if (disk.IsThere && !stopping.IsCancellationRequested)
            SyncOnce();
        return disk.IsThere ? TimeSpan.Zero : backoff.Failed();
    }

    private TimeSpan TryAgain(TimeSpan wait, CancellationToken stopping)
    {
        long from = clock.GetTimestamp();
        for (TimeSpan left = wait; ; left = wait - clock.GetElapsedTime(from))
        {
            Settle(Aside());
            if (left <= TimeSpan.Zero)
                break;
            Wait(left, stopping);
            if (stopping.IsCancellationRequested)
                return wait;
        }
        // It may answer at any moment, and costs nothing until then.
        if (disk.Calls.HangingText is not null)
            return DiskBackoff.First;
        if (TryReturn() is not { } trouble)
        {
            backoff.Returned();
            return TimeSpan.Zero;
        }
        TimeSpan pause = backoff.Failed();
        if (disk.StillAside(trouble))
            BuckLog.DiskAway(logger, disk.Directory, trouble, pause.TotalSeconds);
        return pause;
    }

    /// <summary>Null when the disk is there again, else why it is not.</summary>
    internal string? TryReturn()
    {
        // What it was asked for before it hung is still being done, and may be done at any moment: nothing is to happen at the same time.
        if (disk.Calls.HangingText is { } hangs)
            return hangs;
        try
        {
            Collect();
            if (admission?.TryAdmit(disk) is { } refused)
                return refused;
            foreach ((string path, long from) in unsyncedFiles)
                WriteAgain(path, from);
            foreach (string directory in unsyncedDirectories.Where(disk.Disk.Exists))
                disk.Disk.SyncDirectory(directory);
            disk.Reserve.Look();
            Probe();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
        unsyncedFiles.Clear();
        unsyncedDirectories.Clear();
        bool isBack = disk.Failures > 0;
        files.Return();
        BuckLog.DiskThere(logger, isBack ? "again" : "there", disk.Number, disk.Directory, disk.Reserve.FreeBytes, disk.Weight);
        return null;
    }

    /// <summary>What the disk failed with is closed, and not given up: see <see cref="WriteAgain"/>.</summary>
    private void Collect()
    {
        (IReadOnlyList<(string Path, long From)> unsynced, IReadOnlyList<string> directories) = files.TakeUnsynced();
        foreach ((string path, long from) in unsynced)
            unsyncedFiles[path] = Math.Min(from, unsyncedFiles.GetValueOrDefault(path, long.MaxValue));
        unsyncedDirectories.UnionWith(directories);
    }

    /// <summary>After a failed fsync: the next one means what it says, and what is here may be called here.</summary>
    private void WriteAgain(string path, long from)
    {
        if (!disk.Disk.Exists(path))
            return;
        using IDiskFile file = disk.Disk.OpenAppend(path);
        file.WriteAgain(from, file.Length);
        file.Sync();
        // Its name may be as new as its bytes.
        string day = Path.GetDirectoryName(path)!;
        disk.Disk.SyncDirectory(day);
        disk.Disk.SyncDirectory(Path.GetDirectoryName(day)!);
    }

    /// <summary>A disk that takes this takes packets; one that is full is there. The file is deleted again, and the name of one that was left is used again.</summary>
    private void Probe()
    {
        string path = Path.Combine(disk.Directory, "probe" + AtomicFile.TemporarySuffix);
        try
        {
            using IDiskFile file = disk.Disk.OpenAppend(path);
            file.Write("tailer"u8, 0);
            file.Sync();
        }
        catch (IOException e) when (DiskErrors.IsFull(e))
        {
            disk.Reserve.Filled();
        }
        disk.Disk.Delete(path);
    }

    private void Look()
    {
        looked = clock.GetTimestamp();
        try
        {
            disk.Reserve.Look();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            files.Fail(disk.Directory, e);
            return;
        }
        bool isFull = disk.Reserve.IsReached;
        if (isFull && !wasFull)
            BuckLog.DiskFull(logger, disk.Directory, disk.Reserve.FreeBytes, disk.Reserve.ReserveBytes);
        if (!isFull && wasFull)
            BuckLog.DiskHasRoom(logger, disk.Directory, disk.Reserve.FreeBytes);
        wasFull = isFull;
    }

    private void Wait(TimeSpan time, CancellationToken stopping)
    {
        try
        {
            wanted.Wait(time, stopping);
        }
        catch (OperationCanceledException)
        {
            // Stopping: the last sync is done by Close, after all connections have ended.
            return;
        }
    }

    /// <summary>Syncs, and tells those who wait.</summary>
    internal void SyncOnce()
    {
        TaskCompletionSource? waiting = Take();
        syncing = waiting;
        try
        {
            files.Sync();
            waiting?.TrySetResult();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is logged and the disk is aside; who waits must not acknowledge.
            waiting?.TrySetException(e as IOException ?? new IOException(e.Message, e));
        }
        syncing = null;
    }

    private void Close()
    {
        try
        {
            files.Close();
            Settle(null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            BuckLog.DiskNotClosed(logger, disk.Directory, e.Message);
            Settle(e as IOException ?? new IOException(e.Message, e));
        }
    }

    private IOException Aside() => new(disk.Trouble ?? "the disk is set aside");

    private void Settle(IOException? error)
    {
        if (Take() is not { } waiting)
            return;
        if (error is null)
            waiting.TrySetResult();
        else
            waiting.TrySetException(error);
    }

    private TaskCompletionSource? Take()
    {
        lock (gate)
        {
            TaskCompletionSource? taken = next;
            next = null;
            return taken;
        }
    }
}
