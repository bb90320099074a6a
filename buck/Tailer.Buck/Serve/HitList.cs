using Tailer.Blocks;

namespace Tailer.Buck;

/// <summary>The newest (or oldest) hits, at most <paramref name="limit"/>, each event once. Not thread-safe.</summary>
internal sealed class HitList(int limit, bool newest)
{
    /// <summary>The worst first, to be replaced by a better one.</summary>
    private readonly PriorityQueue<Hit, Hit> kept = new(Comparer<Hit>.Create((a, b) => newest ? a.CompareTo(b) : b.CompareTo(a)));
    private readonly HashSet<(SourceId, ulong)> events = [];

    public int Count => kept.Count;

    /// <summary>There were more than fit.</summary>
    public bool Truncated { get; private set; }

    /// <summary>False when no event within these times can be among the hits any more: then its packet need not be read.</summary>
    public bool Wants(ulong timeMin, ulong timeMax)
    {
        if (kept.Count < limit)
            return true;
        if (limit > 0 && (newest ? timeMax >= kept.Peek().Time : timeMin <= kept.Peek().Time))
            return true;
        return false;
    }

    public void Add(Hit hit)
    {
        if (events.Contains((hit.Source, hit.Offset)))
            return;
        if (kept.Count < limit)
        {
            kept.Enqueue(hit, hit);
            events.Add((hit.Source, hit.Offset));
            return;
        }
        Truncated = true;
        if (limit == 0)
            return;
        Hit worst = kept.EnqueueDequeue(hit, hit);
        if (worst == hit)
            return;
        events.Remove((worst.Source, worst.Offset));
        events.Add((hit.Source, hit.Offset));
    }

    /// <summary>Packet by packet, in the order in which they were scanned; within a packet by index.</summary>
    public IEnumerable<IGrouping<int, Hit>> InFileOrder() => kept.UnorderedItems
        .Select(item => item.Element)
        .OrderBy(hit => hit.Packet)
        .ThenBy(hit => hit.Index)
        .GroupBy(hit => hit.Packet);
}
