using System.Text.Json.Serialization.Metadata;

namespace Tailer.Archie;

/// <summary>Writes one JSON answer. Nothing archie answers may be kept by a cache: it is logs, or the way to them.</summary>
internal static class Answer
{
    public static Task Json<T>(HttpContext context, T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(value, type, cancellationToken: context.RequestAborted);
    }
}
