using System.Collections.Concurrent;
using System.Threading.Channels;
using Tailer.Blocks;
using Tailer.Hosting;

namespace Tailer.Archie;

/// <summary>
/// Loads requested histories, one after the other: a load is as fast as the disks it reads and writes, and two at once would
/// make both slower. At the start it goes on with what a killed archie had begun.
/// </summary>
internal sealed class HistoryLoader(
    HistoryJobs jobs, HistoryFiles files, EnvironmentList environments, HistoryOptions options, TimeProvider clock, ILogger<HistoryLoader> logger) : BackgroundService
{
    /// <summary>Holds every job of the list once, so it is never full.</summary>
    private readonly Channel<string> queue = Channel.CreateBounded<string>(new BoundedChannelOptions(HistoryJobs.JobsMax) { FullMode = BoundedChannelFullMode.Wait });

    private readonly ConcurrentDictionary<string, CancellationTokenSource> running = new(StringComparer.Ordinal);

    /// <summary>Queues a job that is in state loading. False when the queue is full.</summary>
    public bool TryQueue(string id) => queue.Writer.TryWrite(id);

    /// <summary>Stops a load that is running, if it is.</summary>
    public void Cancel(string id)
    {
        if (running.TryGetValue(id, out CancellationTokenSource? load))
            load.Cancel();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        HistoryJob[] begun = [.. jobs.All().Where(job => job.State == HistoryState.Loading)];
        int swept = files.Sweep(jobs.All().Where(job => job.State is HistoryState.Loading or HistoryState.Ready).Select(job => job.Id).ToHashSet(StringComparer.Ordinal));
        if (swept > 0)
            HistoryLog.Swept(logger, swept);
        foreach (HistoryJob job in begun.Reverse())
        {
            HistoryLog.Resumed(logger, job.Id);
            queue.Writer.TryWrite(job.Id);
        }

        await foreach (string id in queue.Reader.ReadAllAsync(stoppingToken))
            await LoadAsync(id, stoppingToken);
    }

    private async Task LoadAsync(string id, CancellationToken stopping)
    {
        if (!jobs.TryFind(id, out HistoryJob? job) || job.State != HistoryState.Loading)
            return;
        if (!environments.TryFind(job.Environment, out ServedEnvironment? environment, out _))
        {
            Fail(job, $"environment '{job.Environment}' is no longer served here; delete this request");
            return;
        }

        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        running[id] = cancellation;
        try
        {
            StateDirectory.EnsurePrivate(options.Path);
            var load = new HistoryLoad(job, environment, files, jobs);
            await load.RunAsync(cancellation.Token);
            HistoryJob? ready = jobs.Change(id, j => j.State != HistoryState.Loading ? j : j with
            {
                State = HistoryState.Ready,
                Expires = LogTime.Now(clock) + LogTime.FromTimeSpan(options.ExpireAfter),
                Complete = load.Sources.All(s => s.State == AnswerState.Ok),
                Sources = load.Sources,
            });
            if (ready is { State: HistoryState.Ready })
                HistoryLog.Loaded(logger, id, ready.Progress?.Segments ?? 0, ready.Progress?.Events ?? 0);
            else
                files.Delete(id);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            files.Delete(id);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or FatalException)
        {
            Fail(job, e.Message);
        }
        finally
        {
            running.TryRemove(id, out _);
        }
    }

    private void Fail(HistoryJob job, string error)
    {
        HistoryLog.Failed(logger, job.Id, error);
        jobs.Change(job.Id, j => j.State != HistoryState.Loading ? j : j with { State = HistoryState.Failed, Error = error });
    }
}
