using Tailer.Stores;

namespace Tailer.Archie;

/// <summary>
/// Searches what is recent without a blind spot: the index below the porter's watermark, the bucks' unsealed buckets above it.
/// The watermark is that of the searched index state, so what moves from one side to the other meanwhile is found at least
/// once, and given once.
/// </summary>
internal static class RecentSearch
{
    public static async Task<RecentAnswer> StartAsync(ServedEnvironment environment, SearchRequest request, CancellationToken cancellation)
    {
        IndexSnapshot? snapshot = TryHold(environment, request, out AnswerSource? failure);
        try
        {
            ulong watermark = snapshot?.Watermark ?? 0;
            // One more than asked for tells whether there is more.
            SearchRequest more = request with { Limit = request.Limit + 1 };
            SegmentSearch? index = snapshot is null ? null : new SegmentSearch(snapshot.Segments, more);
            BuckEvents[] bucks = await Task.WhenAll(environment.Bucks.Select(buck => BuckSearch.AskAsync(buck, more, watermark, cancellation)));
            List<IAsyncEnumerable<FoundEvent>> answers = [.. bucks.Select(buck => buck.Events.ToAsyncEnumerable())];
            if (index is not null)
                answers.Insert(0, index.RunAsync(cancellation));
            return new RecentAnswer(FoundMerge.MergeAsync(answers, more.Order, more.Limit, cancellation), index?.Statistics, failure, bucks, watermark, snapshot);
        }
        catch
        {
            snapshot?.Dispose();
            throw;
        }
    }

    /// <summary>The index as it is now; null with the reason when it cannot be read, which makes an answer partial.</summary>
    public static IndexSnapshot? TryHold(ServedEnvironment environment, SearchRequest request, out AnswerSource? failure)
    {
        failure = null;
        try
        {
            return environment.Index.Snapshot(request.From, request.To);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            failure = new AnswerSource("recent", AnswerState.Failed, 0, $"recent: {e.Message}");
            return null;
        }
    }
}
