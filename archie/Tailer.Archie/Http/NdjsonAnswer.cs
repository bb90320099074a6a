using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tailer.Stores;

namespace Tailer.Archie;

/// <summary>
/// A streamed answer: one JSON object a line. Lines gather until 32 KiB are together or the source of events pauses, so a
/// reader sees the first lines at once and a fast search is not slowed by small writes.
/// </summary>
internal sealed class NdjsonAnswer : IAsyncDisposable
{
    private const int FlushBytes = 32 * 1024;

    private readonly HttpContext context;
    private readonly Utf8JsonWriter json;
    private readonly EventJson events = new();

    public NdjsonAnswer(HttpContext context)
    {
        this.context = context;
        context.Response.ContentType = "application/x-ndjson";
        context.Response.Headers.CacheControl = "no-store";
        json = new Utf8JsonWriter(context.Response.BodyWriter, EventJson.Options);
    }

    public int Count { get; private set; }

    public async ValueTask WriteAsync(FoundEvent found)
    {
        events.Write(json, found, "event");
        EndLine();
        Count++;
        if (context.Response.BodyWriter.UnflushedBytes >= FlushBytes)
            await FlushAsync();
    }

    public async ValueTask FlushAsync() => await context.Response.BodyWriter.FlushAsync(context.RequestAborted);

    public async ValueTask FinishAsync<T>(T last, JsonTypeInfo<T> type)
    {
        JsonSerializer.Serialize(json, last, type);
        EndLine();
        await FlushAsync();
    }

    public ValueTask DisposeAsync() => json.DisposeAsync();

    private void EndLine()
    {
        json.Flush();
        context.Response.BodyWriter.GetSpan(1)[0] = (byte)'\n';
        context.Response.BodyWriter.Advance(1);
        json.Reset();
    }
}
