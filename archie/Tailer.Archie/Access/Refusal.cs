using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Tailer.Archie;

/// <summary>Why a request does not get in, as JSON for programs and as a small page for people.</summary>
internal sealed record Refusal(int Status, string Code, string Title, string Detail)
{
    private const string Style =
        "body{font:16px/1.5 system-ui,sans-serif;max-width:34em;margin:18vh auto 0;padding:0 1.5em;color:#d3dae3;background:#0c0f14}"
        + "h1{font-size:1.3em;color:#f2f5f8}code{font-family:ui-monospace,monospace;color:#54b9aa}"
        + "@media(prefers-color-scheme:light){body{color:#232a33;background:#fff}h1{color:#0b0f14}code{color:#0c7d70}}";

    private static readonly string Policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static Refusal NotSignedIn { get; } = new(StatusCodes.Status401Unauthorized, "unauthorized", "Not signed in",
        "Open the URL printed by tools/up (or by tailer up): it carries the token. Scripts send the header Authorization: Bearer TOKEN.");

    public static Refusal NoOrigin { get; } = new(StatusCodes.Status403Forbidden, "forbidden-origin", "Origin missing",
        "A request that changes something and shows the cookie must name its origin. Scripts send the header Authorization: Bearer TOKEN.");

    public static Refusal Host(string? host) => new(StatusCodes.Status403Forbidden, "forbidden-host", "Host not allowed",
        $"Archie does not answer to the name '{Shown(host)}'. Use the address it listens on, or add the name to allowed_hosts in archie.yaml.");

    public static Refusal Origin(string origin) => new(StatusCodes.Status403Forbidden, "forbidden-origin", "Origin not allowed",
        $"A page of '{Shown(origin)}' may not use this archie.");

    public Task WriteAsync(HttpContext context)
    {
        HttpResponse response = context.Response;
        response.Headers.CacheControl = "no-store";
        if (Status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer";
        if (!PrefersHtml(context.Request))
            return Problem.WriteAsync(context, new Problem(Status, Code, Title, Detail));
        response.StatusCode = Status;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.ContentSecurityPolicy = Policy;
        return response.WriteAsync(
            $"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{Title} · Tailer</title><style>{Style}</style><h1>{Title}</h1><p>{WebUtility.HtmlEncode(Detail)}</p></html>",
            context.RequestAborted);
    }

    private static bool PrefersHtml(HttpRequest request) =>
        request.GetTypedHeaders().Accept is { Count: > 0 } accept && accept.OrderByDescending(a => a.Quality ?? 1).First().MediaType == "text/html";

    private static string Shown(string? text) => text is null ? "" : text.Length > 100 ? text[..100] : text;
}
