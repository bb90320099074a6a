using Tailer.Blocks;

namespace Tailer.Porter;

/// <summary>Whether everything that manifests claim of a span is there.</summary>
/// <param name="Missing">Packets that manifests name and nobody has, by the agent that named them.</param>
/// <param name="Silent">Agents whose manifests do not cover the span.</param>
internal sealed record SpanCheck(IReadOnlyDictionary<string, HashSet<PacketId>> Missing, IReadOnlyList<SilentAgent> Silent)
{
    public bool IsComplete => Missing.Count == 0 && Silent.Count == 0;

    public int MissingCount => Missing.Values.Sum(ids => ids.Count);

    /// <summary>Compares what the span's manifests name with what is known to be held or sealed.</summary>
    public static SpanCheck Of(SpanRange span, IEnumerable<Manifest> manifests, Func<PacketId, bool> isKnown, AgentBook agents)
    {
        var missing = new SortedDictionary<string, HashSet<PacketId>>(StringComparer.Ordinal);
        foreach (Manifest manifest in manifests)
        {
            foreach (PacketId id in manifest.Packets)
            {
                if (isKnown(id))
                    continue;
                if (!missing.TryGetValue(manifest.Agent, out HashSet<PacketId>? ids))
                    missing.Add(manifest.Agent, ids = []);
                ids.Add(id);
            }
        }
        return new SpanCheck(missing, agents.SilentIn(span.Start, span.End));
    }

    /// <summary>True when waiting may help: something is missing, or an agent is silent that was not in the span sealed before.</summary>
    public bool IsWorthWaiting(IEnumerable<SilentAgent> silentBefore)
    {
        HashSet<SilentAgent> known = [.. silentBefore];
        return Missing.Count > 0 || Silent.Any(agent => !known.Contains(agent));
    }
}
