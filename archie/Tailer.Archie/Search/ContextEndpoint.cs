using System.Text.Json;
using Tailer.Blocks;
using Tailer.Stores;

namespace Tailer.Archie;

/// <summary>The lines around one event. docs/formats/http.md, section 3.5.</summary>
internal static class ContextEndpoint
{
    public static void Map(WebApplication app) => app.MapGet("/api/v1/context", FindAsync);

    private static async Task FindAsync(HttpContext context, EnvironmentList environments, SearchGate gate, TimeProvider clock)
    {
        var reader = new RequestReader(context.Request.Query, LogTime.Now(clock));
        SourceId source = reader.Source("source");
        ulong offset = reader.Offset("offset");
        ulong time = reader.Text("time") is null ? reader.Missing("time") : reader.Time("time", 0);
        int before = reader.Number("before", RequestLimits.ContextLinesDefault, 0, RequestLimits.ContextLinesMax);
        int after = reader.Number("after", RequestLimits.ContextLinesDefault, 0, RequestLimits.ContextLinesMax);
        if (reader.Error is { } error)
        {
            await Problem.WriteAsync(context, error);
            return;
        }

        await SearchEndpoints.RunAsync(context, environments, gate, async (environment, timeout) =>
        {
            ContextAnswer? answer = await RecentContext.FindAsync(environment, source, offset, time, before, after, timeout);
            if (answer is null)
                await Problem.WriteAsync(context, Problem.NotFound($"There is no event at offset {offset} of source {source} with that time in what is recent."));
            else
                await WriteAsync(context, answer);
        });
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
