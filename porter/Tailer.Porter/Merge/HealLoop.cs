using Microsoft.Extensions.Hosting;

namespace Tailer.Porter;

/// <summary>Heals once in a few polls, while this porter holds the lease.</summary>
internal sealed class HealLoop(PorterOptions options, Healer healer, PorterLease lease, TimeProvider clock) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.PollInterval * 4, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            if (lease.IsHeld)
                await healer.RunAsync(stoppingToken).ConfigureAwait(false);
        }
    }
}
