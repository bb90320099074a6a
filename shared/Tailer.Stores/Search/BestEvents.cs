namespace Tailer.Stores;

/// <summary>The first events of an order, as many as are asked for and fit; what comes after is let go.</summary>
internal sealed class BestEvents(SearchRequest request)
{
    private readonly FoundOrder order = FoundOrder.Of(request.Order);
    private readonly SortedSet<FoundEvent> events = new(FoundOrder.Of(request.Order));
    private FoundEvent? firstLetGo;
    private int given;
    private long bytes;

    /// <summary>Something was let go.</summary>
    public bool Truncated => firstLetGo is not null;

    public void Add(FoundEvent found)
    {
        // What comes after something let go must not be given either: the answer would have a hole.
        if ((firstLetGo is not null && order.Compare(found, firstLetGo) >= 0) || !events.Add(found))
            return;
        bytes += found.Length;
        while (given + events.Count > request.Limit || (bytes > request.BytesMax && given + events.Count > 1 && events.Count > 0))
        {
            firstLetGo = events.Max!;
            events.Remove(firstLetGo);
            bytes -= firstLetGo.Length;
        }
    }

    /// <summary>True when no event of this rank or beyond (null: none is to come) can be given any more.</summary>
    public bool IsClosedTo(ulong? nextRank) =>
        nextRank is null || (firstLetGo is not null && (given == request.Limit || RankOf(firstLetGo) < nextRank));

    /// <summary>Takes, in order, what cannot be preceded any more by events of this rank or beyond (null: none is to come).</summary>
    public IEnumerable<FoundEvent> TakeSettled(ulong? nextRank)
    {
        while (events.Min is { } first && (nextRank is null || RankOf(first) < nextRank))
        {
            events.Remove(first);
            given++;
            yield return first;
        }
    }

    private ulong RankOf(FoundEvent found) => BlockFrontier.RankOf(found.Time, request.Order);
}
