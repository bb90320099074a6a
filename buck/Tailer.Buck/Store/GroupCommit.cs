using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tailer.Hosting;

namespace Tailer.Buck;

/// <summary>
/// Runs the loops of all disks, each on a thread of its own, and watches for what hangs: on the disks, and in the counters' <paramref name="journal"/>. It has started when it is known of each disk whether it is there, or one that answers
/// nothing is not waited for any longer.
/// </summary>
internal sealed class GroupCommit(BucketStore store, DiskAdmission? admission, TimeSpan interval, DiskCalls? journal, TimeProvider clock, ILogger<GroupCommit> logger) : BackgroundService
{
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(10);

    private readonly DiskLoop[] loops = [.. store.DiskFiles.Select(files => new DiskLoop(files, admission, interval, clock, logger))];

    /// <summary>
    /// Completes when everything appended to the disk before the call would survive a power loss; faults with an
    /// <see cref="IOException"/> when it may not.
    /// </summary>
    public Task CommitAsync(StoreDisk disk) => Array.Find(loops, loop => loop.Disk == disk)!.CommitAsync();

    /// <summary>Throws <see cref="FatalException"/> when none of the disks can be used.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
        Task all = Task.WhenAll(loops.Select(loop => loop.Tried));
        await Task.WhenAny(all, Task.Delay(StartMax, clock, cancellationToken)).ConfigureAwait(false);
        if (!store.Disks.Any(disk => disk.IsThere))
            throw new FatalException(ExitCode.Unavailable, $"none of the disks can be used: {store.Refusal}");
    }

    public override void Dispose()
    {
        foreach (DiskLoop loop in loops)
            loop.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Task[] running = [.. loops.Select(loop => Task.Factory.StartNew(() => loop.Run(stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        using var ended = new CancellationTokenSource();
        Task watching = Task.Factory.StartNew(() => Watch(ended.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            // One that ends before it is told to has a defect, which ends the process.
            await (await Task.WhenAny(running).ConfigureAwait(false)).ConfigureAwait(false);
            await Task.WhenAll(running).ConfigureAwait(false);
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
        }
    }

    /// <summary>A thread of its own, which waits for no disk.</summary>
    private void Watch(CancellationToken stopping)
    {
        if (store.Disks.Min(disk => disk.Calls.Limit) is var least && least == Timeout.InfiniteTimeSpan)
            return;
        TimeSpan pause = TimeSpan.FromMilliseconds(Math.Clamp(least.TotalMilliseconds / 10, 10, 500));
        while (!stopping.WaitHandle.WaitOne(pause))
        {
            foreach (DiskLoop loop in loops)
                loop.Watch();
            foreach (DiskCall call in journal?.GiveUp() ?? [])
                call.Tell();
        }
    }
}
