using Tailer.Blocks;
using Tailer.Wire;

namespace Tailer.Agent;

/// <summary>Tells all bucks every few seconds how the agent is: docs/formats/messages.md, HEARTBEAT.</summary>
internal sealed class HeartbeatLoop(Shipper shipper, Func<Dictionary<string, string>> values, Action whenBeating, string host, string version, TimeProvider clock)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    public async Task Run(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Every, clock);
        while (await timer.WaitForNextTickAsync(stop))
        {
            whenBeating();
            var heartbeat = new Heartbeat(LogTime.Now(clock), Values());
            await Task.WhenAll(shipper.Links.Select(link => link.Heartbeat(heartbeat, stop)));
        }
    }

    private Dictionary<string, string> Values()
    {
        Dictionary<string, string> all = values();
        all[HeartbeatKeys.Host] = host;
        all[HeartbeatKeys.Version] = version;
        return all;
    }
}
