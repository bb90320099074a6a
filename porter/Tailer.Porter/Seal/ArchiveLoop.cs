using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tailer.Porter;

/// <summary>Archives and prunes, pass after pass, once it is known what the agents have said.</summary>
internal sealed class ArchiveLoop(
    PorterOptions options,
    BuckFleet fleet,
    RecentRound recent,
    ArchiveRound round,
    Sweeper sweeper,
    PorterLease lease,
    TimeProvider clock,
    ILogger<ArchiveLoop> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await recent.Surveyed.WaitAsync(stoppingToken).ConfigureAwait(false);
        using var timer = new PeriodicTimer(options.PollInterval, clock);
        do
        {
            if (!lease.IsHeld)
                continue;
            try
            {
                await sweeper.SweepArchiveAsync(stoppingToken).ConfigureAwait(false);
                await round.RunAsync(fleet.Latest, stoppingToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                PorterLog.ArchiveFailed(logger, e.Message, e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }
}
