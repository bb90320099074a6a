using Tailer.Blocks;
using Tailer.Wire;

namespace Tailer.Porter;

/// <summary>Asks agents, through every buck that can be reached, for packets nobody has.</summary>
internal sealed class PacketWant(BuckFleet fleet, PorterMetrics metrics)
{
    public async Task AskAsync(IReadOnlyDictionary<string, HashSet<PacketId>> missing, CancellationToken stopping)
    {
        foreach ((string agent, HashSet<PacketId> ids) in missing)
        {
            metrics.WantedPackets.Add(ids.Count);
            foreach (PacketId[] some in ids.Chunk(WireLimits.IdsMax))
                await AskAsync(agent, some, stopping).ConfigureAwait(false);
        }
    }

    /// <summary>An agent is connected to all bucks, so one that passes it on is enough.</summary>
    private async Task AskAsync(string agent, PacketId[] ids, CancellationToken stopping)
    {
        foreach (IBuck buck in fleet.Latest.Reachable)
        {
            try
            {
                if (await buck.WantAsync(agent, ids, stopping).ConfigureAwait(false) > 0)
                    return;
            }
            catch (BuckException)
            {
                // Another buck is asked; the next listing reports this one.
                continue;
            }
        }
    }
}
