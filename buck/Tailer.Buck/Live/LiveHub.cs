using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Queries;

namespace Tailer.Buck;

/// <summary>The SignalR hub <c>/live</c>: docs/formats/http.md, 4.1.</summary>
internal sealed class LiveHub(
    LiveSession session, PacketLoader loader, TicketCheck tickets, TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<LiveHub> logger) : Hub
{
    private const int SubscriptionsMax = 16;
    private const string SubscriptionsKey = "subscriptions";

    public override Task OnConnectedAsync()
    {
        Context.Items[SubscriptionsKey] = new SemaphoreSlim(SubscriptionsMax);
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<HubBatch> Subscribe(SubscribeRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        TicketRights rights = Rights();
        LiveRequest asked = Read(request, rights);
        var subscriptions = (SemaphoreSlim)Context.Items[SubscriptionsKey]!;
        if (session.IsFull || !subscriptions.Wait(0, CancellationToken.None))
            throw new HubException("too-many-requests");
        BuckLog.Watches(logger, rights.Subject, asked.Query.ToString(), asked.DescribeBacklog());
        using CancellationTokenSource expiry = rights.Expiry(clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, expiry.Token, lifetime.ApplicationStopping, Context.ConnectionAborted);
        using LiveWatch watch = session.Begin(asked);
        IAsyncEnumerator<LiveItem> items = watch.ItemsAsync(either.Token).GetAsyncEnumerator(CancellationToken.None);
        try
        {
            using var encoder = new EventEncoder();
            while (await NextAsync(items, expiry.Token).ConfigureAwait(false))
            {
                if (items.Current.Notice is { } notice)
                    yield return Encode(encoder, notice);
                foreach (ReadOnlyMemory<byte> part in items.Current.Unit?.Parts ?? [])
                    yield return new HubBatch(part);
            }
        }
        finally
        {
            await items.DisposeAsync().ConfigureAwait(false);
            subscriptions.Release();
        }
    }

    /// <summary>Lines of packets that were dropped, by packet id, as long as their bucket is open here.</summary>
    public LoadAnswer Load(IReadOnlyList<string> packetIds, string? query)
    {
        if (packetIds.Count > PacketLoader.PacketsMax)
            throw new HubException($"bad-request: at most {PacketLoader.PacketsMax} packets at once");
        TicketRights rights = Rights();
        LiveRequest asked = Read(new SubscribeRequest(query, null, null), rights);
        BuckLog.Loads(logger, rights.Subject, packetIds.Count, asked.Query.ToString());
        return loader.Load(packetIds, asked.Query);
    }

    /// <summary>The buck's clock: a page that was cut off asks for what came since, and its own clock may be wrong.</summary>
    public string Now() => TimeText.Format(LogTime.Now(clock));

    private TicketRights Rights()
    {
        TicketRights? rights = Context.GetHttpContext() is { } http ? tickets.Check(http.Request, out _) : null;
        return rights ?? throw new HubException("ticket-expired");
    }

    private LiveRequest Read(SubscribeRequest request, TicketRights rights)
    {
        if (!Query.Parse(request.Query).TryGet(out Query? query, out QueryError? error))
            throw new HubException($"bad-query: {error.Caret}");
        ulong since = 0;
        if (!string.IsNullOrEmpty(request.SinceTime) && !RequestTime.TryParse(request.SinceTime, clock, out since))
            throw new HubException($"bad-request: sinceTime is {RequestTime.Expected}");
        int lines = since > 0 ? Backlog.LinesMax : Math.Clamp(request.BacklogLines ?? 0, 0, Backlog.LinesMax);
        return new LiveRequest(query.And(rights.Query), LiveFormat.Hub, lines, since);
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<LiveItem> items, CancellationToken expired)
    {
        try
        {
            return await items.MoveNextAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The reader has gone or the buck stops: the stream just ends.
            return expired.IsCancellationRequested ? throw new HubException("ticket-expired") : false;
        }
    }

    private static HubBatch Encode(EventEncoder encoder, DropNotice notice)
    {
        using var json = new ByteWriter();
        encoder.WriteBatch(default, default, notice, live: true, json);
        return new HubBatch(json.Written.ToArray());
    }
}
