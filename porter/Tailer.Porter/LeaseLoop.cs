using Microsoft.Extensions.Hosting;

namespace Tailer.Porter;

/// <summary>Keeps the lease while the process runs.</summary>
internal sealed class LeaseLoop(PorterLease lease, TimeProvider clock) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(PorterLease.Lifetime / 5, clock);
        do
            await lease.RenewAsync(stoppingToken).ConfigureAwait(false);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await lease.ReleaseAsync(cancellationToken).ConfigureAwait(false);
    }
}
