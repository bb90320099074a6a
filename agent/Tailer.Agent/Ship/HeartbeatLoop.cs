using System.Globalization;
using Tailer.Blocks;
using Tailer.Wire;

namespace Tailer.Agent;

/// <summary>Tells all bucks every few seconds how the agent is: docs/formats/messages.md, HEARTBEAT.</summary>
internal sealed class HeartbeatLoop(Shipper shipper, SpoolStore spool, ShipCounters counters, Func<IReadOnlyDictionary<string, string>> reading, string host, string version, TimeProvider clock)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    public async Task Run(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Every, clock);
        while (await timer.WaitForNextTickAsync(stop))
        {
            var heartbeat = new Heartbeat(LogTime.Now(clock), Values());
            await Task.WhenAll(shipper.Links.Select(link => link.Heartbeat(heartbeat, stop)));
        }
    }

    private Dictionary<string, string> Values()
    {
        var values = new Dictionary<string, string>(reading(), StringComparer.Ordinal)
        {
            ["host"] = host,
            ["version"] = version,
            ["spool_bytes"] = Text(spool.UndeliveredBytes),
            ["delivered_packets"] = Text(counters.DeliveredPackets),
            ["retries"] = Text(counters.Retries),
            ["damaged"] = Text(counters.Damaged),
            ["owed"] = Text(counters.Owed),
        };
        return values;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
