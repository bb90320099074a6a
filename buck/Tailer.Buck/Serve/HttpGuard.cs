using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tailer.Wire;

namespace Tailer.Buck;

/// <summary>
/// Stands before every route: Host (against DNS rebinding), Origin and CORS, then the ticket. docs/formats/http.md, section 1.
/// </summary>
internal sealed class HttpGuard(HttpOptions options, TicketCheck tickets)
{
    private readonly HashSet<string> origins = [.. options.AllowedOrigins.SelectMany(WithLocalhost)];

    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if (!IsAllowedHost(http))
        {
            await new Problem(403, "forbidden-host", "the Host header names a host this buck does not answer for; add it to 'allowed_hosts' in buck.yaml").WriteAsync(http).ConfigureAwait(false);
            return;
        }
        string origin = http.Request.Headers.Origin.ToString();
        if (origin.Length > 0 && !origins.Contains(origin))
        {
            await new Problem(403, "forbidden-origin", "pages of this origin may not connect to this buck; add it to 'allowed_origins' in buck.yaml").WriteAsync(http).ConfigureAwait(false);
            return;
        }
        if (origin.Length > 0)
            AllowOrigin(http.Response, origin);
        if (HttpMethods.IsOptions(http.Request.Method))
        {
            http.Response.StatusCode = 204;
            return;
        }
        if (await IsAllowedAsync(http).ConfigureAwait(false))
            await next(http).ConfigureAwait(false);
    }

    private async Task<bool> IsAllowedAsync(HttpContext http)
    {
        PathString path = http.Request.Path;
        if (path == "/healthz" || path == "/readyz")
            return true;
        if (path == "/metrics" && IsMetricsToken(TicketCheck.TextOf(http.Request)))
            return true;
        if (tickets.Check(http.Request, out TicketStatus status) is { } rights)
        {
            http.Features.Set(rights);
            return true;
        }
        Problem problem = status is TicketStatus.OtherEnvironment or TicketStatus.OtherAudience
            ? new Problem(403, "unauthorized", "the ticket is for another environment or another buck")
            : new Problem(401, "unauthorized", "a valid ticket is needed; open the URL printed by tools/up, or ask archie for one");
        await problem.WriteAsync(http).ConfigureAwait(false);
        return false;
    }

    private bool IsAllowedHost(HttpContext http)
    {
        HostString host = http.Request.Host;
        if (!host.HasValue)
            return false;
        if (options.AllowedHosts.Contains(host.Value, StringComparer.OrdinalIgnoreCase) || options.AllowedHosts.Contains(host.Host, StringComparer.OrdinalIgnoreCase))
            return true;
        bool isOwn = host.Host.Trim('[', ']').Equals(options.ListenHost, StringComparison.OrdinalIgnoreCase)
            || (System.Net.IPAddress.IsLoopback(options.Listen.Address) && host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase));
        return isOwn && (host.Port ?? 80) == http.Connection.LocalPort;
    }

    private bool IsMetricsToken(string? token) => options.MetricsToken is { } expected && token is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(expected));

    private static void AllowOrigin(HttpResponse response, string origin)
    {
        response.Headers.AccessControlAllowOrigin = origin;
        response.Headers.Vary = "Origin";
        response.Headers.AccessControlAllowHeaders = "authorization, x-requested-with, x-signalr-user-agent";
        response.Headers.AccessControlAllowMethods = "GET, POST, OPTIONS";
    }

    private static IEnumerable<string> WithLocalhost(string origin)
    {
        const string Loopback = "http://127.0.0.1";
        origin = origin.TrimEnd('/');
        yield return origin;
        if (origin == Loopback || origin.StartsWith(Loopback + ":", StringComparison.Ordinal))
            yield return "http://localhost" + origin[Loopback.Length..];
    }
}
