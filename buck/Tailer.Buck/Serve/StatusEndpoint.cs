using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tailer.Blocks;

namespace Tailer.Buck;

/// <summary><c>GET /status</c>, for archie's status page.</summary>
internal sealed class StatusEndpoint(BucketStore store, BucketLister lister, AgentBook agents, LiveFeed feed, HttpOptions options, TimeProvider clock)
{
    public async Task HandleAsync(HttpContext http)
    {
        if (!http.Features.GetRequiredFeature<TicketRights>().Query.MatchesEverything)
        {
            await new Problem(403, "unauthorized", "the status shows all agents; the ticket's rights are only for some lines").WriteAsync(http).ConfigureAwait(false);
            return;
        }
        (int buckets, long packets, long bytes) = lister.Totals(http.RequestAborted);
        var status = new BuckStatus(
            options.Name, options.Version, TimeText.Format(LogTime.Now(clock)), packets, bytes, buckets, feed.Viewers, [.. store.Disks.Select(DiskStatus.Of)],
            [.. agents.Agents.Select(agent => Show(agent.Facts)).OrderBy(agent => agent.Name, StringComparer.Ordinal)]);
        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "no-store";
        await JsonSerializer.SerializeAsync(http.Response.Body, status, BuckJson.Default.BuckStatus, http.RequestAborted).ConfigureAwait(false);
    }

    private static AgentStatus Show(AgentFacts agent) => new(
        agent.Name, agent.Connections > 0, TimeText.Format(agent.LastSeen), agent.LastHeartbeat > 0 ? agent.SkewSeconds : null,
        agent.CredentialExpires > 0 ? TimeText.Format(agent.CredentialExpires) : null, agent.Goodbye, agent.Retired, agent.Values);
}
