using Tailer.Blocks;
using Tailer.Wire;

namespace Tailer.Buck;

/// <summary>One agent as this buck has seen it. Thread-safe; times in <see cref="LogTime"/> units, 0 never.</summary>
internal sealed class AgentEntry(string name)
{
    private readonly Lock gate = new();
    private readonly HashSet<long> connections = [];
    private AgentFacts facts = new() { Name = name };

    public int Connections
    {
        get
        {
            lock (gate)
                return connections.Count;
        }
    }

    /// <summary>All that is known, at one moment.</summary>
    public AgentFacts Facts
    {
        get
        {
            lock (gate)
                return facts with { Connections = connections.Count };
        }
    }

    public void Join(ServerConnection connection, ulong now)
    {
        lock (gate)
        {
            connections.Add(connection.Number);
            facts = facts with
            {
                LastSeen = now,
                Software = connection.Peer.Software,
                CredentialExpires = connection.Peer.Chain.NotAfter,
                Goodbye = false,
                Retired = false,
            };
        }
    }

    public void Leave(ServerConnection connection, ulong now)
    {
        lock (gate)
        {
            connections.Remove(connection.Number);
            facts = facts with { LastSeen = now };
        }
    }

    public void Received(FrameHeader header, ulong now)
    {
        lock (gate)
        {
            facts = facts with
            {
                LastSeen = now,
                Packets = facts.Packets + 1,
                LastSealed = Math.Max(facts.LastSealed, header.SealedTime),
            };
        }
    }

    public void Heard(Heartbeat heartbeat, ulong now)
    {
        lock (gate)
            facts = facts with { LastSeen = now, LastHeartbeat = now, SkewSeconds = ((double)heartbeat.Sent - now) / LogTime.PerSecond, Values = heartbeat.Values };
    }

    public void SaidGoodbye(bool retired, ulong now)
    {
        lock (gate)
            facts = facts with { LastSeen = now, Goodbye = true, Retired = facts.Retired || retired };
    }
}
