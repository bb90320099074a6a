using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Queries;

namespace Tailer.Buck;

/// <summary><c>GET /tail</c>: lines as they come, for scripts. docs/formats/http.md, 4.2.</summary>
internal sealed class TailEndpoint(LiveSession session, TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<TailEndpoint> logger)
{
    private static readonly TimeSpan CommentInterval = TimeSpan.FromSeconds(15);

    public async Task HandleAsync(HttpContext http)
    {
        TicketRights rights = http.Features.GetRequiredFeature<TicketRights>();
        if (await ReadAsync(http, rights).ConfigureAwait(false) is not { } request)
            return;
        BuckLog.Watches(logger, rights.Subject, request.Query.ToString(), request.DescribeBacklog());
        Begin(http, request.Format);
        using CancellationTokenSource expiry = rights.Expiry(clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, expiry.Token, lifetime.ApplicationStopping);
        try
        {
            // Headers go out at once: a reader who has them knows that no line written from then on passes it by.
            using LiveWatch watch = session.Begin(request);
            await http.Response.StartAsync(either.Token).ConfigureAwait(false);
            await http.Response.BodyWriter.FlushAsync(either.Token).ConfigureAwait(false);
            await CopyAsync(watch, request.Format, http.Response.BodyWriter, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The reader has gone, its ticket has expired or the buck stops: the stream ends here.
        }
    }

    private async Task<LiveRequest?> ReadAsync(HttpContext http, TicketRights rights)
    {
        IQueryCollection asked = http.Request.Query;
        if (!Query.Parse(asked["q"]).TryGet(out Query? query, out QueryError? error))
        {
            await Problem.BadQuery(error).WriteAsync(http).ConfigureAwait(false);
            return null;
        }
        ulong since = 0;
        int lines = 0;
        string? backlog = asked["backlog"], sinceText = asked["since"];
        if (!string.IsNullOrEmpty(backlog) && (!int.TryParse(backlog, out lines) || lines < 0 || lines > Backlog.LinesMax))
            return await RefuseAsync(http, $"backlog is a number of lines from 0 to {Backlog.LinesMax}, not '{backlog}'").ConfigureAwait(false);
        if (!string.IsNullOrEmpty(sinceText) && !RequestTime.TryParse(sinceText, clock, out since))
            return await RefuseAsync(http, $"since is {RequestTime.Expected}, not '{sinceText}'").ConfigureAwait(false);
        if (session.IsFull)
        {
            http.Response.Headers.RetryAfter = "10";
            await new Problem(429, "too-many-requests", $"this buck has the {LiveSession.ViewersMax} readers it takes; try another buck").WriteAsync(http).ConfigureAwait(false);
            return null;
        }
        return new LiveRequest(query.And(rights.Query), FormatOf(http.Request), since > 0 && lines == 0 ? Backlog.LinesMax : lines, since);
    }

    private static async Task<LiveRequest?> RefuseAsync(HttpContext http, string detail)
    {
        await new Problem(400, "bad-request", detail).WriteAsync(http).ConfigureAwait(false);
        return null;
    }

    private static LiveFormat FormatOf(HttpRequest request)
    {
        string accept = request.Headers.Accept.ToString();
        if (accept.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase))
            return LiveFormat.EventStream;
        return accept.Contains("application/x-ndjson", StringComparison.OrdinalIgnoreCase) ? LiveFormat.JsonLines : LiveFormat.Text;
    }

    private static void Begin(HttpContext http, LiveFormat format)
    {
        http.Response.ContentType = format switch
        {
            LiveFormat.EventStream => "text/event-stream",
            LiveFormat.JsonLines => "application/x-ndjson",
            _ => "text/plain; charset=utf-8",
        };
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";
    }

    private static async Task CopyAsync(LiveWatch watch, LiveFormat format, PipeWriter to, CancellationToken cancellation)
    {
        using var encoder = new EventEncoder();
        using var notice = new ByteWriter();
        IAsyncEnumerator<LiveItem> items = watch.ItemsAsync(cancellation).GetAsyncEnumerator(CancellationToken.None);
        await using (items.ConfigureAwait(false))
        {
            Task<bool> next = items.MoveNextAsync().AsTask();
            while (await WaitAsync(next, format, to, cancellation).ConfigureAwait(false))
            {
                if (items.Current.Notice is { } dropped)
                {
                    notice.Reset();
                    encoder.WriteDropped(format, dropped, notice);
                    await to.WriteAsync(notice.WrittenMemory, cancellation).ConfigureAwait(false);
                }
                foreach (ReadOnlyMemory<byte> part in items.Current.Unit?.Parts ?? [])
                    await to.WriteAsync(part, cancellation).ConfigureAwait(false);
                next = items.MoveNextAsync().AsTask();
            }
        }
    }

    /// <summary>Proxies close what is silent, so an event stream says something now and then.</summary>
    private static async Task<bool> WaitAsync(Task<bool> next, LiveFormat format, PipeWriter to, CancellationToken cancellation)
    {
        while (format == LiveFormat.EventStream && !next.IsCompleted)
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            Task silence = Task.Delay(CommentInterval, timeout.Token);
            bool isSilent = await Task.WhenAny(next, silence).ConfigureAwait(false) == silence && !cancellation.IsCancellationRequested;
            await timeout.CancelAsync().ConfigureAwait(false);
            if (isSilent)
                await to.WriteAsync(":\n\n"u8.ToArray(), cancellation).ConfigureAwait(false);
        }
        return await next.ConfigureAwait(false);
    }
}
