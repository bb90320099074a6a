using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tailer.Buck;

/// <summary>
/// Sends the counters to Graphite every interval. Counts only grow, so an interval that could not be sent loses its point and no count.
/// </summary>
internal sealed class GraphiteSender(GraphiteOptions options, string buck, CounterBook book, TimeProvider clock, ILogger<GraphiteSender> logger) : BackgroundService
{
    /// <summary>A Graphite that takes longer is as good as down.</summary>
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(5);

    private readonly GraphiteText text = new(options.Prefix, buck);
    private bool failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long written = 0;
        using var timer = new PeriodicTimer(options.Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                long now = clock.GetTimestamp();
                byte[] lines = text.Write(book.Counters, clock.GetUtcNow().ToUnixTimeSeconds(), written == 0 ? TimeSpan.Zero : clock.GetElapsedTime(written, now));
                written = now;
                await SendAsync(lines, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private async Task SendAsync(byte[] lines, CancellationToken stopping)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        timeout.CancelAfter(SendTimeout);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(options.Address.Host, options.Address.Port, timeout.Token).ConfigureAwait(false);
            await client.GetStream().WriteAsync(lines, timeout.Token).ConfigureAwait(false);
            client.Client.Shutdown(SocketShutdown.Send);
            BuckMetrics.GraphitePushes.Add(1, new KeyValuePair<string, object?>("outcome", "sent"));
            if (failing)
                BuckLog.GraphiteBack(logger, options.Address.ToString());
            failing = false;
        }
        catch (Exception e) when (e is SocketException or IOException || (e is OperationCanceledException && !stopping.IsCancellationRequested))
        {
            BuckMetrics.GraphitePushes.Add(1, new KeyValuePair<string, object?>("outcome", "failed"));
            if (!failing)
                BuckLog.GraphiteFails(logger, options.Address.ToString(), e is OperationCanceledException ? $"no answer within {SendTimeout.TotalSeconds:0} s" : e.Message);
            failing = true;
        }
    }
}
