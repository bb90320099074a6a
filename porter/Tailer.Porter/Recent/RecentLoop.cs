using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Stores;

namespace Tailer.Porter;

/// <summary>Lists the bucks every poll interval, brings recent up to date, and says how far it is.</summary>
internal sealed class RecentLoop(
    PorterOptions options,
    BuckFleet fleet,
    RecentRound round,
    PorterLease lease,
    StatusFile status,
    PorterProgress progress,
    IDisk disk,
    TimeProvider clock,
    ILoggerFactory loggers) : BackgroundService
{
    private readonly ILogger logger = loggers.CreateLogger<RecentLoop>();
    private RecentShelf? shelf;
    private string? refused;

    public override void Dispose()
    {
        shelf?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.PollInterval, clock);
        do
        {
            if (lease.IsHeld)
                await RunOnceAsync(stoppingToken).ConfigureAwait(false);
            else
                CloseIndex();
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private async Task RunOnceAsync(CancellationToken stopping)
    {
        FleetListing listing = await fleet.ListAsync(stopping).ConfigureAwait(false);
        try
        {
            OpenIndex();
            await round.RunAsync(listing, shelf, stopping).ConfigureAwait(false);
            Compact(stopping);
            status.Write(shelf?.Watermark, progress, listing);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            PorterLog.RecentFailed(logger, e.Message, e);
            CloseIndex();
        }
    }

    /// <summary>Joins small segments until the next poll is due; what is left is left for later.</summary>
    private void Compact(CancellationToken stopping)
    {
        long began = clock.GetTimestamp();
        bool hasJoined = false;
        while (shelf is not null && lease.IsHeld && clock.GetElapsedTime(began) < options.PollInterval && shelf.Compact(stopping))
        {
            hasJoined = true;
            stopping.ThrowIfCancellationRequested();
        }
        if (hasJoined)
            MergePart.GiveBack();
    }

    private void OpenIndex()
    {
        if (shelf is not null)
            return;
        try
        {
            shelf = new RecentShelf(LocalEventIndexWriter.Open(disk, options.RecentPath), disk, loggers.CreateLogger<RecentShelf>());
            refused = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            if (refused != e.Message)
                PorterLog.RecentUnavailable(logger, e.Message);
            refused = e.Message;
        }
    }

    private void CloseIndex()
    {
        shelf?.Dispose();
        shelf = null;
    }
}
