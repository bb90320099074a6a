using System.Diagnostics;
using Tailer.Blocks;
using Tailer.Stores;

namespace Tailer.Archie;

/// <summary>Writes the events of a search to its reader as they come, then the summary.</summary>
internal static class SearchStream
{
    /// <param name="events">In order, each once; one more than the limit where there is more.</param>
    /// <param name="started">When the request came, as <see cref="Stopwatch.GetTimestamp"/>.</param>
    /// <param name="summary">What is known at the end; count, truncation and time are filled in here.</param>
    public static async Task WriteAsync(HttpContext context, IAsyncEnumerable<FoundEvent> events, int limit, long started, Func<SearchSummary> summary, CancellationToken timeout)
    {
        await using var answer = new NdjsonAnswer(context);
        bool cut = false;
        try
        {
            await using IAsyncEnumerator<FoundEvent> found = events.GetAsyncEnumerator(timeout);
            while (true)
            {
                ValueTask<bool> next = found.MoveNextAsync();
                if (!next.IsCompleted)
                    await answer.FlushAsync();
                if (!await next)
                    break;
                if (answer.Count == limit)
                {
                    cut = true;
                    break;
                }

                await answer.WriteAsync(found.Current);
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            cut = true;
        }

        SearchSummary last = summary();
        await answer.FinishAsync(last with { Count = answer.Count, Truncated = cut || last.Truncated, ElapsedMs = (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds }, ArchieJson.Default.SearchSummary);
    }

    public static string? WatermarkText(ulong watermark) => watermark == 0 ? null : LogTime.Format(watermark);
}
