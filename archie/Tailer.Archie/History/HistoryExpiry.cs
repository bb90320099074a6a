using Tailer.Blocks;

namespace Tailer.Archie;

/// <summary>Ends histories whose time is over and removes their files.</summary>
internal sealed class HistoryExpiry(HistoryJobs jobs, HistoryFiles files, HistoryLoader loader, TimeProvider clock, ILogger<HistoryExpiry> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (string id in jobs.Expire(LogTime.Now(clock)))
            {
                loader.Cancel(id);
                try
                {
                    files.Delete(id);
                    HistoryLog.Expired(logger, id);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // The sweep at the next start tries again.
                    HistoryLog.NotDeleted(logger, id, e.Message);
                }
            }
        }
    }
}
