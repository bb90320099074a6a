using System.Collections.Concurrent;
using Tailer.Blocks;
using Tailer.Wire;

namespace Tailer.Buck;

/// <summary>
/// What this buck knows of each agent: when it was heard of, what it says of itself, how its clock differs. In memory: after a
/// restart agents report again within a heartbeat. Thread-safe.
/// </summary>
internal sealed class AgentBook(TimeProvider clock)
{
    /// <summary>Names come from credentials, so they are as many as were issued; more than this are not listed.</summary>
    private const int AgentsMax = 20_000;

    private readonly ConcurrentDictionary<string, AgentEntry> agents = new(StringComparer.Ordinal);

    public IEnumerable<AgentEntry> Agents => agents.Values;

    public int Connected => agents.Values.Count(agent => agent.Connections > 0);

    /// <summary>The least time for which a connected agent's credential is still good; null while none is connected.</summary>
    public double? CredentialSecondsLeast
    {
        get
        {
            ulong now = LogTime.Now(clock);
            ulong first = agents.Values.Select(agent => agent.Facts).Where(agent => agent.Connections > 0).Select(agent => agent.CredentialExpires).DefaultIfEmpty().Min();
            return first == 0 ? null : first > now ? (first - now) / (double)LogTime.PerSecond : 0;
        }
    }

    public void Joined(ServerConnection connection) => Find(connection)?.Join(connection, LogTime.Now(clock));

    public void Disconnected(ServerConnection connection) => Find(connection)?.Leave(connection, LogTime.Now(clock));

    public void Received(ServerConnection connection, FrameHeader header) => Find(connection)?.Received(header, LogTime.Now(clock));

    public void Heard(ServerConnection connection, Heartbeat heartbeat) => Find(connection)?.Heard(heartbeat, LogTime.Now(clock));

    public void SaidGoodbye(string host, bool retired)
    {
        if (agents.TryGetValue(host, out AgentEntry? agent))
            agent.SaidGoodbye(retired, LogTime.Now(clock));
    }

    private AgentEntry? Find(ServerConnection connection)
    {
        if (connection.Peer.Role != Role.Agent)
            return null;
        string name = connection.Peer.Name;
        if (agents.TryGetValue(name, out AgentEntry? known))
            return known;
        return agents.Count < AgentsMax ? agents.GetOrAdd(name, static n => new AgentEntry(n)) : null;
    }
}
