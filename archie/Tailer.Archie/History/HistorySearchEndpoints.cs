using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Tailer.Blocks;
using Tailer.Queries;
using Tailer.Stores;

namespace Tailer.Archie;

/// <summary>Searching a loaded history, as one searches what is recent. docs/formats/http.md, section 3.6.</summary>
internal static class HistorySearchEndpoints
{
    private const string PlaceName = "history";

    public static void Map(WebApplication app)
    {
        app.MapGet("/api/v1/history/{id}/search", SearchAsync);
        app.MapGet("/api/v1/history/{id}/histogram", HistogramAsync);
    }

    private static async Task SearchAsync(HttpContext context, string id, HistoryJobs jobs, HistoryFiles files, EnvironmentList environments, SearchGate gate, TimeProvider clock)
    {
        var reader = new RequestReader(context.Request.Query, LogTime.Now(clock));
        SearchRequest request = reader.Search("q");
        if (!TryFind(jobs, id, reader, out HistoryJob? job, out Problem? problem))
        {
            await Problem.WriteAsync(context, problem);
            return;
        }

        long started = Stopwatch.GetTimestamp();
        await SearchEndpoints.RunAsync(context, environments, gate, job.Environment, async (_, timeout) =>
        {
            SearchRequest within = Within(request, job);
            var search = new SegmentSearch(Segments(files, id, out AnswerSource? failure), within with { Limit = within.Limit + 1 });
            await SearchStream.WriteAsync(context, search.RunAsync(timeout), within.Limit, started, () =>
            {
                AnswerSource place = failure ?? PlaceOf(search.Statistics.Problems);
                return new SearchSummary(
                    "summary", 0, search.Statistics.Truncated, place.State == AnswerState.Ok, [place], null,
                    search.Statistics.EventsScanned, search.Statistics.RawBytesScanned, 0);
            }, timeout);
        });
    }

    private static async Task HistogramAsync(HttpContext context, string id, HistoryJobs jobs, HistoryFiles files, EnvironmentList environments, SearchGate gate, TimeProvider clock)
    {
        var reader = new RequestReader(context.Request.Query, LogTime.Now(clock));
        int slots = reader.Number("buckets", RequestLimits.HistogramBucketsDefault, 1, RequestLimits.HistogramBucketsMax);
        SearchRequest request = reader.Search("q");
        if (!TryFind(jobs, id, reader, out HistoryJob? job, out Problem? problem))
        {
            await Problem.WriteAsync(context, problem);
            return;
        }

        await SearchEndpoints.RunAsync(context, environments, gate, job.Environment, async (_, timeout) =>
        {
            IReadOnlyList<SegmentRef> segments = Segments(files, id, out AnswerSource? failure);
            HistogramCount count = await Histogram.CountAsync(segments, Within(request, job), [], slots, timeout);
            await SearchEndpoints.WriteAsync(context, count, [failure ?? PlaceOf(count.Problems)], truncated: false);
        });
    }

    /// <summary>The job's segments; none, with the reason, when they cannot be read (they may just have expired).</summary>
    public static IReadOnlyList<SegmentRef> Segments(HistoryFiles files, string id, out AnswerSource? failure)
    {
        failure = null;
        try
        {
            return files.Segments(id);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            failure = new AnswerSource(PlaceName, AnswerState.Failed, 0, $"{PlaceName}: {e.Message}");
            return [];
        }
    }

    public static AnswerSource PlaceOf(IReadOnlyList<string> problems) => problems.Count == 0
        ? new AnswerSource(PlaceName, AnswerState.Ok)
        : new AnswerSource(PlaceName, AnswerState.Failed, 0, $"{PlaceName}: {string.Join("; ", problems.Take(3))}");

    /// <summary>A job that can be searched now.</summary>
    public static bool TryFind(HistoryJobs jobs, string id, RequestReader reader, [NotNullWhen(true)] out HistoryJob? job, [NotNullWhen(false)] out Problem? problem)
    {
        problem = reader.Error;
        if (!jobs.TryFind(id, out job))
            problem ??= HistoryEndpoints.NoJob(id);
        else if (job.State != HistoryState.Ready)
            problem ??= Problem.Conflict($"This history is {job.State.ToString().ToLowerInvariant()}, not ready. Load it first.");
        return problem is null && job is not null;
    }

    /// <summary>What was asked for when it was loaded holds for every search of it.</summary>
    private static SearchRequest Within(SearchRequest request, HistoryJob job) => request with
    {
        Query = request.Query.And(Query.Parse(job.Query).Query ?? Query.Everything),
        From = Math.Max(request.From, job.Start),
        To = Math.Max(Math.Max(request.From, job.Start), Math.Min(request.To, job.End)),
    };
}
