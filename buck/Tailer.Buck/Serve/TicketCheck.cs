using Microsoft.AspNetCore.Http;
using Tailer.Queries;
using Tailer.Wire;

namespace Tailer.Buck;

/// <summary>Finds a request's ticket and judges it, by the environment's public key alone.</summary>
internal sealed class TicketCheck(Func<EnvironmentTrust> trust, string audience, TimeProvider clock)
{
    private const string Bearer = "Bearer ";

    /// <summary>Null with what is wrong when there is no good ticket.</summary>
    public TicketRights? Check(HttpRequest request, out TicketStatus status)
    {
        TicketResult result = Ticket.Verify(TextOf(request), trust(), clock, audience);
        status = result.Status;
        if (status != TicketStatus.Valid)
            return null;
        if (Query.Parse(result.Rights).TryGet(out Query? rights, out _))
            return new TicketRights(rights, result.Subject, result.Expires);
        // Rights that cannot be understood allow nothing.
        status = TicketStatus.Malformed;
        return null;
    }

    /// <summary>The bearer's text: a browser's WebSocket can set no header and so has it in the URL.</summary>
    public static string? TextOf(HttpRequest request)
    {
        string header = request.Headers.Authorization.ToString();
        return header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..].Trim() : request.Query["access_token"];
    }
}
