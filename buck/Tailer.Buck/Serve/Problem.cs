using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Tailer.Queries;

namespace Tailer.Buck;

/// <summary>An error as RFC 9457 and docs/formats/http.md, 2.3, have it.</summary>
internal sealed record Problem(int Status, string Code, string Detail, int? Position = null, string? Caret = null)
{
    public string Title => ReasonPhrases.GetReasonPhrase(Status);

    public static Problem BadQuery(QueryError error) => new(400, "bad-query", error.ToString(), error.Position, error.Caret);

    /// <summary>JSON, or a small page where a person looks at it.</summary>
    public async Task WriteAsync(HttpContext http)
    {
        http.Response.StatusCode = Status;
        http.Response.Headers.CacheControl = "no-store";
        if (http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
        {
            http.Response.ContentType = "text/html; charset=utf-8";
            await http.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture,
                $"<!doctype html><title>{Status} {Title}</title><h1>{Status} {Title}</h1><p>{WebUtility.HtmlEncode(Detail)}</p>")).ConfigureAwait(false);
            return;
        }
        http.Response.ContentType = "application/problem+json";
        await JsonSerializer.SerializeAsync(http.Response.Body, this, BuckJson.Default.Problem, http.RequestAborted).ConfigureAwait(false);
    }
}
