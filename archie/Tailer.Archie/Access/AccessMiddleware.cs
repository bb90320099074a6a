using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace Tailer.Archie;

/// <summary>The one gate in front of every route: Host, then Origin, then token or cookie. docs/formats/http.md, section 1.</summary>
internal sealed class AccessMiddleware(RequestDelegate next, AccessToken token, HostNames hosts, ILogger<AccessMiddleware> logger)
{
    public Task InvokeAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (!hosts.Contains(request.Host))
            return RefuseAsync(context, Refusal.Host(request.Host.Value));
        if (request.Path == "/healthz" || request.Path == "/readyz")
            return next(context);
        string? origin = request.Headers.Origin;
        if (!string.IsNullOrEmpty(origin) && !IsOwnOrigin(origin, request.Host))
            return RefuseAsync(context, Refusal.Origin(origin));
        if (HttpMethods.IsGet(request.Method) && request.Path == "/" && request.Query.TryGetValue("token", out var shown))
            return token.IsToken(shown) ? SignInAsync(context) : RefuseAsync(context, Refusal.NotSignedIn);

        if (token.IsToken(BearerOf(request)))
            return next(context);
        if (!token.IsCookie(request.Cookies[CookieName(context)]))
            return RefuseAsync(context, Refusal.NotSignedIn);
        // A cookie comes along whoever makes the browser send the request; its origin says who did.
        bool isSafe = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);
        return isSafe || !string.IsNullOrEmpty(origin) ? next(context) : RefuseAsync(context, Refusal.NoOrigin);
    }

    /// <summary>Browsers keep one set of cookies for all ports of a host, so the port is in the name.</summary>
    internal static string CookieName(HttpContext context) =>
        string.Create(CultureInfo.InvariantCulture, $"tailer-{context.Connection.LocalPort}");

    private static bool IsOwnOrigin(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri)
        && uri.Scheme is "http" or "https"
        && string.Equals(uri.GetComponents(UriComponents.HostAndPort, UriFormat.UriEscaped), WithPort(host, uri.Scheme), StringComparison.OrdinalIgnoreCase);

    private static string WithPort(HostString host, string scheme)
    {
        string name = host.Host.Contains(':', StringComparison.Ordinal) && !host.Host.StartsWith('[') ? $"[{host.Host}]" : host.Host;
        return string.Create(CultureInfo.InvariantCulture, $"{name}:{host.Port ?? (scheme == "https" ? 443 : 80)}");
    }

    private static string? BearerOf(HttpRequest request)
    {
        string? header = request.Headers.Authorization;
        return header is not null && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header[7..].Trim() : null;
    }

    private Task SignInAsync(HttpContext context)
    {
        context.Response.Cookies.Append(CookieName(context), token.CookieValue, new CookieOptions
        {
            HttpOnly = true,
            SameSite = Microsoft.AspNetCore.Http.SameSiteMode.Strict,
            Secure = context.Request.IsHttps,
            Path = "/",
            MaxAge = TimeSpan.FromDays(30),
        });
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers[HeaderNames.Location] = "/";
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        return Task.CompletedTask;
    }

    private Task RefuseAsync(HttpContext context, Refusal refusal)
    {
        AccessLog.Refused(logger, context.Request.Method, context.Request.Path, context.Connection.RemoteIpAddress, refusal.Code);
        return refusal.WriteAsync(context);
    }
}
