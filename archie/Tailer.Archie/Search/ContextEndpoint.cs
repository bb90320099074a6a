using System.Text.Json;
using Tailer.Blocks;
using Tailer.Stores;

namespace Tailer.Archie;

/// <summary>The lines around one event. docs/formats/http.md, section 3.5.</summary>
internal static class ContextEndpoint
{
    public static void Map(WebApplication app) => app.MapGet("/api/v1/context", FindAsync);

    private static async Task FindAsync(
        HttpContext context, EnvironmentList environments, SearchGate gate, HistoryJobs jobs, HistoryFiles files, TimeProvider clock)
    {
        var reader = new RequestReader(context.Request.Query, LogTime.Now(clock));
        SourceId source = reader.Source("source");
        ulong offset = reader.Offset("offset");
        ulong time = reader.Text("time") is null ? reader.Missing("time") : reader.Time("time", 0);
        int before = reader.Number("before", RequestLimits.ContextLinesDefault, 0, RequestLimits.ContextLinesMax);
        int after = reader.Number("after", RequestLimits.ContextLinesDefault, 0, RequestLimits.ContextLinesMax);
        string? history = reader.Text("history");
        Problem? problem = reader.Error;
        if (history is not null)
            HistorySearchEndpoints.TryFind(jobs, history, reader, out _, out problem);
        if (problem is not null)
        {
            await Problem.WriteAsync(context, problem);
            return;
        }

        await SearchEndpoints.RunAsync(context, environments, gate, reader.Text("env"), async (environment, timeout) =>
        {
            ContextAnswer? answer = history is null
                ? await RecentContext.FindAsync(environment, source, offset, time, before, after, timeout)
                : FindInHistory(HistorySearchEndpoints.Segments(files, history, out _), source, offset, time, before, after, timeout);
            if (answer is null)
                await Problem.WriteAsync(context, Problem.NotFound($"There is no event at offset {offset} of source {source} in {(history is null ? "what is recent, at that time" : "this history")}."));
            else
                await WriteAsync(context, answer);
        });
    }

    private static ContextAnswer? FindInHistory(
        IReadOnlyList<SegmentRef> segments, SourceId source, ulong offset, ulong time, int before, int after, CancellationToken cancellation)
    {
        var search = new SegmentContext(segments);
        return search.Find(source, offset, before, after, time, cancellation) is { } found
            ? new ContextAnswer(found.Events, found.Index, [HistorySearchEndpoints.PlaceOf(search.Statistics.Problems)])
            : null;
    }

    private static async Task WriteAsync(HttpContext context, ContextAnswer answer)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, EventJson.Options);
        var events = new EventJson();
        json.WriteStartObject();
        json.WriteStartArray("events"u8);
        foreach (FoundEvent found in answer.Events)
            events.Write(json, found);
        json.WriteEndArray();
        json.WriteNumber("index"u8, answer.Index);
        json.WriteBoolean("complete"u8, answer.Sources.All(s => s.State == AnswerState.Ok));
        json.WritePropertyName("sources"u8);
        JsonSerializer.Serialize(json, [.. answer.Sources], ArchieJson.Default.AnswerSourceArray);
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }
}
