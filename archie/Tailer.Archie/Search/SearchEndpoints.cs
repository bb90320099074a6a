using System.Diagnostics;
using Tailer.Blocks;
using Tailer.Queries;
using Tailer.Stores;

namespace Tailer.Archie;

/// <summary>Search and histogram over what is recent. docs/formats/http.md, sections 3.3 and 3.4.</summary>
internal static class SearchEndpoints
{
    /// <summary>Events of bucks that a histogram counts; what is beyond is not counted, and the answer says so.</summary>
    private const int UnsealedCountedMax = 50_000;

    public static void Map(WebApplication app)
    {
        app.MapGet("/api/v1/search", SearchAsync);
        app.MapGet("/api/v1/histogram", HistogramAsync);
    }

    private static async Task SearchAsync(HttpContext context, EnvironmentList environments, SearchGate gate, TimeProvider clock, ILoggerFactory loggers)
    {
        var reader = new RequestReader(context.Request.Query, LogTime.Now(clock));
        SearchRequest request = reader.Search("q");
        if (reader.Error is { } error)
        {
            await Problem.WriteAsync(context, error);
            return;
        }

        long started = Stopwatch.GetTimestamp();
        await RunAsync(context, environments, gate, reader.Text("env"), async (environment, timeout) =>
        {
            using RecentAnswer answer = await RecentSearch.StartAsync(environment, request, timeout);
            await SearchStream.WriteAsync(context, answer.Events, request.Limit, started, () => new SearchSummary(
                "summary", 0, answer.Truncated, answer.Sources.All(s => s.State == AnswerState.Ok), answer.Sources,
                SearchStream.WatermarkText(answer.Watermark), answer.ScannedEvents, answer.ScannedBytes, 0), timeout);
            foreach (AnswerSource missing in answer.Sources.Where(s => s.State != AnswerState.Ok))
                SearchLog.Partial(loggers.CreateLogger("Tailer.Archie.Search"), missing.Name, missing.Error ?? "");
        });
    }

    private static async Task HistogramAsync(HttpContext context, EnvironmentList environments, SearchGate gate, TimeProvider clock)
    {
        var reader = new RequestReader(context.Request.Query, LogTime.Now(clock));
        int slots = reader.Number("buckets", RequestLimits.HistogramBucketsDefault, 1, RequestLimits.HistogramBucketsMax);
        SearchRequest request = reader.Search("q") with { Limit = UnsealedCountedMax };
        if (reader.Error is { } error)
        {
            await Problem.WriteAsync(context, error);
            return;
        }

        await RunAsync(context, environments, gate, reader.Text("env"), async (environment, timeout) =>
        {
            using IndexSnapshot? snapshot = RecentSearch.TryHold(environment, request, out AnswerSource? failure);
            BuckEvents[] bucks = await Task.WhenAll(environment.Bucks.Select(buck => BuckSearch.AskAsync(buck, request, snapshot?.Watermark ?? 0, timeout)));
            IReadOnlyList<FoundEvent> unsealed = NotIn(snapshot?.Segments ?? [], bucks.SelectMany(buck => buck.Events).DistinctBy(found => (found.Source, found.Offset)));
            HistogramCount count = await Histogram.CountAsync(snapshot?.Segments ?? [], request, unsealed, slots, timeout);
            AnswerSource recent = failure ?? (count.Problems.Count == 0
                ? new AnswerSource("recent", AnswerState.Ok)
                : new AnswerSource("recent", AnswerState.Failed, 0, $"recent: {count.Problems[0]}"));
            await WriteAsync(context, count, [recent, .. bucks.Select(buck => buck.Source)], bucks.Any(buck => buck.Truncated));
        });
    }

    /// <summary>Leaves out what the segments have too: an agent that had lost its place sends bytes again, in a newer bucket.</summary>
    private static IReadOnlyList<FoundEvent> NotIn(IReadOnlyList<SegmentRef> segments, IEnumerable<FoundEvent> events)
    {
        FoundEvent[] all = [.. events];
        HashSet<SourceId> wanted = [.. all.Select(found => found.Source)];
        var covered = new CoverageMap();
        foreach (SegmentRef segment in segments)
        {
            if (wanted.Count == 0 || TryOpen(segment) is not { } lease)
                continue;
            using (lease)
            {
                foreach (SegmentSource source in lease.Reader.Footer.Sources.Where(source => wanted.Contains(source.Descriptor.Id)))
                    covered.Add(source.Descriptor.Id, source.Coverage);
            }
        }

        return [.. all.Where(found => !covered.Contains(found.Source, new ByteRange(found.Offset, found.Offset + (ulong)found.Length)))];
    }

    private static SegmentLease? TryOpen(SegmentRef segment)
    {
        try
        {
            return segment.Open();
        }
        catch (IOException)
        {
            // The count itself reports a segment that cannot be read.
            return null;
        }
    }

    /// <summary>Writes a count as the histogram's answer.</summary>
    public static Task WriteAsync(HttpContext context, HistogramCount count, IReadOnlyList<AnswerSource> sources, bool truncated) =>
        Answer.Json(context, new HistogramAnswer(
            LogTime.Format(count.From), LogTime.Format(count.To), count.Step / (double)LogTime.PerSecond, count.Slots.Sum(slot => slot.Count),
            truncated, sources.All(s => s.State == AnswerState.Ok), sources,
            [.. count.Slots.Select(slot => new HistogramBucket(LogTime.Format(slot.Start), slot.Count, slot.Errors, slot.Warnings))]), ArchieJson.Default.HistogramAnswer);

    /// <summary>Finds the environment, takes a place, and ends the work after a minute.</summary>
    public static async Task RunAsync(
        HttpContext context, EnvironmentList environments, SearchGate gate, string? name, Func<ServedEnvironment, CancellationToken, Task> search)
    {
        if (!environments.TryFind(name, out ServedEnvironment? environment, out Problem? problem))
        {
            await Problem.WriteAsync(context, problem);
            return;
        }

        using IDisposable? place = gate.TryEnter();
        if (place is null)
        {
            await Problem.WriteAsync(context, Problem.Busy($"{SearchGate.RunningMax} searches are running. Try again in a moment."));
            return;
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        timeout.CancelAfter(SearchGate.Timeout);
        await search(environment, timeout.Token);
    }
}
