using Tailer.Blocks;
using Tailer.Queries;
using Tailer.Stores;

namespace Tailer.Archie;

/// <summary>
/// The lines around an event that may be in the index, in unsealed buckets, or on the border between them. The index knows them by
/// offset. Where it has too few, two searches go away from the event in both directions of time, each kept to the event's source; of a
/// moment with very many events, such as a line in thousands of parts, they see the first ones only.
/// </summary>
internal static class RecentContext
{
    /// <summary>Lines of other sources at the same path (rotated files), or of the same moment, that may come between.</summary>
    private const int OthersMax = 2_000;

    /// <summary>Segments this far from the event are asked by offset; what is further away is left to the searches.</summary>
    private const ulong IndexReach = LogTime.PerHour;

    /// <summary>Null when there is no event at the offset.</summary>
    public static async Task<ContextAnswer?> FindAsync(
        ServedEnvironment environment, SourceId source, ulong offset, ulong time, int before, int after, CancellationToken cancellation)
    {
        ContextResult? indexed = FindInIndex(environment, source, offset, time, before, after, cancellation);
        if (indexed is not null && indexed.Index == before && indexed.Events.Count == before + 1 + after)
            return new ContextAnswer(indexed.Events, indexed.Index, [new AnswerSource("recent", AnswerState.Ok)]);
        ContextAnswer? searched = await FindBySearchAsync(environment, source, offset, time, before, after, cancellation);
        if (indexed is null)
            return searched;
        FoundEvent[] all = [.. indexed.Events.Concat(searched?.Events ?? []).DistinctBy(found => found.Offset).OrderBy(found => found.Offset)];
        int at = Array.FindIndex(all, found => found.Offset == offset);
        int first = Math.Max(0, at - before);
        return new ContextAnswer(all[first..Math.Min(all.Length, at + 1 + after)], at - first, searched?.Sources ?? [new AnswerSource("recent", AnswerState.Ok)]);
    }

    /// <summary>Null when the index has no such event, or cannot be read.</summary>
    private static ContextResult? FindInIndex(
        ServedEnvironment environment, SourceId source, ulong offset, ulong time, int before, int after, CancellationToken cancellation)
    {
        var near = new SearchRequest { From = time - Math.Min(time, IndexReach), To = time + IndexReach };
        using IndexSnapshot? snapshot = RecentSearch.TryHold(environment, near, out _);
        if (snapshot is null)
            return null;
        var search = new SegmentContext(snapshot.Segments);
        ContextResult? found = search.Find(source, offset, before, after, time, cancellation);
        return search.Statistics.Problems.Count == 0 ? found : null;
    }

    private static async Task<ContextAnswer?> FindBySearchAsync(
        ServedEnvironment environment, SourceId source, ulong offset, ulong time, int before, int after, CancellationToken cancellation)
    {
        var sources = new Dictionary<string, AnswerSource>(StringComparer.Ordinal);
        // A time that went through something with fewer decimals still finds its event.
        var moment = new SearchRequest { From = LogTime.Floor(time, LogTime.PerMillisecond), To = time + LogTime.PerMillisecond, Limit = RequestLimits.SearchLimitMax, Order = SearchOrder.Oldest };
        FoundEvent? target = (await RunAsync(environment, moment, source, 0, sources, cancellation, offset)).FirstOrDefault(found => found.Offset == offset);
        if (target is null)
            return null;

        Query query = QueryFor(target);
        var newest = new SearchRequest { Query = query, To = target.Time + 1, Limit = Math.Min(before + OthersMax, RequestLimits.SearchLimitMax), Order = SearchOrder.Newest };
        var oldest = new SearchRequest { Query = query, From = target.Time, Limit = Math.Min(after + OthersMax, RequestLimits.SearchLimitMax), Order = SearchOrder.Oldest };
        List<FoundEvent> earlier = [.. (await RunAsync(environment, newest, source, before, sources, cancellation)).Where(found => found.Offset < offset)];
        List<FoundEvent> later = [.. (await RunAsync(environment, oldest, source, after, sources, cancellation)).Where(found => found.Offset > offset)];
        FoundEvent[] nearest = [.. earlier.OrderByDescending(found => found.Offset).Take(before).Reverse()];
        return new ContextAnswer([.. nearest, target, .. later.OrderBy(found => found.Offset).Take(after)], nearest.Length, [.. sources.Values]);
    }

    /// <summary>Narrows to the path as the query language can say it; what it cannot say is left out, and more is looked at.</summary>
    internal static Query QueryFor(FoundEvent found)
    {
        string text = string.Join(' ', new[] { ("agent", found.Agent), ("path", found.Path) }
            .Where(field => field.Item2.Length > 0)
            .Select(field => $"{field.Item1}:\"{field.Item2.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""));
        return Query.Parse(text).Query ?? Query.Everything;
    }

    /// <summary>Events of the source, until there are more than enough on either side of the border.</summary>
    private static async Task<List<FoundEvent>> RunAsync(
        ServedEnvironment environment, SearchRequest request, SourceId source, int wanted, Dictionary<string, AnswerSource> sources, CancellationToken cancellation, ulong? only = null)
    {
        var events = new List<FoundEvent>();
        using RecentAnswer answer = await RecentSearch.StartAsync(environment, request, cancellation);
        ulong last = 0;
        await foreach (FoundEvent found in answer.Events.WithCancellation(cancellation))
        {
            if (found.Source != source)
                continue;
            // Lines of one moment are not in the order of their offsets in both directions, so a moment is read to its end.
            if (only is null && events.Count > wanted && found.Time != last)
                break;
            last = found.Time;
            events.Add(found);
            if (found.Offset == only)
                break;
        }

        foreach (AnswerSource place in answer.Sources)
        {
            if (!sources.TryGetValue(place.Name, out AnswerSource? known) || known.State == AnswerState.Ok)
                sources[place.Name] = place;
        }

        return events;
    }
}
