using Tailer.Blocks;

namespace Tailer.Porter;

/// <summary>
/// Which agents there are and what their manifests cover, put together from what bucks hold and what footers say; kept in
/// memory only. Manifests melt into stretches of time, so it grows with agents, not with buckets. Thread-safe.
/// </summary>
internal sealed class AgentBook
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, AgentHistory> agents = new(StringComparer.Ordinal);

    public void Add(Manifest manifest)
    {
        lock (gate)
        {
            bool isGoodbye = (manifest.Flags & (ManifestFlags.Goodbye | ManifestFlags.Retired)) != 0;
            Of(manifest.Agent).Covers(manifest.CoversFrom, manifest.CoversTo, isGoodbye);
        }
    }

    public void Add(HeldRecord packet)
    {
        if (packet.Header is null)
            return;
        lock (gate)
            Of(packet.Header.Agent).WasSeen(packet.Bucket);
    }

    /// <summary>Adds what a segment's footer knows of agents.</summary>
    public void Add(SegmentFooter footer)
    {
        foreach (byte[] bytes in footer.Manifests)
        {
            if (Manifest.TryRead(bytes) is { } manifest)
                Add(manifest);
        }
        lock (gate)
        {
            foreach (SilentAgent silent in footer.Silent)
                Of(silent.Agent).WasSeen(silent.Since);
        }
    }

    /// <summary>Agents that should have said what they sent in [from, to) and did not, with the time since when.</summary>
    public IReadOnlyList<SilentAgent> SilentIn(ulong from, ulong to)
    {
        lock (gate)
        {
            List<SilentAgent> silent = [];
            foreach (AgentHistory agent in agents.Values.OrderBy(agent => agent.Name, StringComparer.Ordinal))
            {
                if (agent.SilentSince(from, to) is { } since)
                    silent.Add(new SilentAgent(agent.Name, since));
            }
            return silent;
        }
    }

    private AgentHistory Of(string name)
    {
        if (!agents.TryGetValue(name, out AgentHistory? agent))
            agents.Add(name, agent = new AgentHistory(name));
        return agent;
    }
}
