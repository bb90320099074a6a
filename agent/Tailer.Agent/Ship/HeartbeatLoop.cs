using System.Globalization;
using Tailer.Blocks;
using Tailer.Wire;

namespace Tailer.Agent;

/// <summary>Tells all bucks every few seconds how the agent is: docs/formats/messages.md, HEARTBEAT.</summary>
internal sealed class HeartbeatLoop(Shipper shipper, ShipCounters counters, Func<IReadOnlyDictionary<string, string>> reading, string host, string version, TimeProvider clock)
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
            [HeartbeatKeys.Host] = host,
            [HeartbeatKeys.Version] = version,
            [HeartbeatKeys.DeliveredPackets] = Text(counters.DeliveredPackets),
            [HeartbeatKeys.Retries] = Text(counters.Retries),
            [HeartbeatKeys.Damaged] = Text(counters.Damaged),
            [HeartbeatKeys.Owed] = Text(counters.Owed),
        };
        return values;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
