using Microsoft.Extensions.Hosting;

namespace Tailer.Buck;

/// <summary>
/// Syncs the store every interval, and at once when somebody waits for it: all who wait share one sync. One loop, one sync
/// at a time.
/// </summary>
internal sealed class GroupCommit(BucketStore store, TimeSpan interval, TimeProvider clock) : BackgroundService
{
    private readonly Lock gate = new();
    private readonly SemaphoreSlim wanted = new(0);
    private TaskCompletionSource? next;

    /// <summary>
    /// Completes when everything appended before the call would survive a power loss; faults with an
    /// <see cref="IOException"/> when it may not.
    /// </summary>
    public Task CommitAsync()
    {
        lock (gate)
        {
            if (next is not null)
                return next.Task;
            next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            wanted.Release();
            return next.Task;
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        store.Close();
        Settle(Take(), null);
    }

    public override void Dispose()
    {
        wanted.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // fsync blocks for milliseconds, and this loop does little else: it gets its own thread's worth of the pool.
        await Task.Yield();
        long looked = clock.GetTimestamp();
        store.Reserve.Look();
        while (!stoppingToken.IsCancellationRequested)
        {
            await WaitAsync(stoppingToken).ConfigureAwait(false);
            SyncOnce();
            if (clock.GetElapsedTime(looked) < TimeSpan.FromSeconds(1))
                continue;
            looked = clock.GetTimestamp();
            store.Reserve.Look();
        }
    }

    private async Task WaitAsync(CancellationToken stoppingToken)
    {
        try
        {
            await wanted.WaitAsync(interval, stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Stopping: the last sync is done by StopAsync, after all connections have ended.
        }
    }

    private void SyncOnce()
    {
        TaskCompletionSource? waiting = Take();
        try
        {
            store.Sync();
            Settle(waiting, null);
        }
        catch (IOException e)
        {
            // The store has logged it and takes nothing any more; who waits must not acknowledge.
            Settle(waiting, e);
        }
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

    private static void Settle(TaskCompletionSource? waiting, IOException? error)
    {
        if (error is null)
            waiting?.TrySetResult();
        else
            waiting?.TrySetException(error);
    }
}
