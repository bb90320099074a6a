using System.Runtime.CompilerServices;

namespace Tailer.Stores;

/// <summary>
/// Joins answers of several places (recent, bucks, archive) that are each in the same order, and gives each event once. The
/// places may hold an event with other borders (a line that was sent unfinished): what agrees with given bytes and lies within
/// them is a repeat. Different bytes at one place are both given.
/// </summary>
public static class FoundMerge
{
    /// <summary>
    /// Ends after <paramref name="limit"/> events; what is given is remembered until then to know repeats, so memory is bounded by
    /// the limit. A place that fails ends the answer with its exception: wrap it to make that a partial answer.
    /// </summary>
    /// <param name="answers">Of equal events the one from the earlier place is given.</param>
    public static async IAsyncEnumerable<FoundEvent> MergeAsync(
        IReadOnlyList<IAsyncEnumerable<FoundEvent>> answers, SearchOrder order, int limit, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        FoundOrder comparer = FoundOrder.Of(order);
        var given = new GivenEvents();
        List<IAsyncEnumerator<FoundEvent>> places = [.. answers.Select(answer => answer.GetAsyncEnumerator(cancellation))];
        try
        {
            List<IAsyncEnumerator<FoundEvent>> live = [];
            foreach (IAsyncEnumerator<FoundEvent> place in places)
            {
                if (await place.MoveNextAsync().ConfigureAwait(false))
                    live.Add(place);
            }
            while (live.Count > 0 && given.Count < limit)
            {
                IAsyncEnumerator<FoundEvent> next = live[0];
                foreach (IAsyncEnumerator<FoundEvent> place in live)
                    next = comparer.Compare(place.Current, next.Current) < 0 ? place : next;
                FoundEvent found = next.Current;
                if (given.TryAdd(found))
                    yield return found;
                if (!await next.MoveNextAsync().ConfigureAwait(false))
                    live.Remove(next);
            }
        }
        finally
        {
            foreach (IAsyncEnumerator<FoundEvent> place in places)
                await place.DisposeAsync().ConfigureAwait(false);
        }
    }
}
