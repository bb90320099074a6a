using System.Text.Json;
using Tailer.Blocks;
using Tailer.Queries;
using Tailer.Stores;

namespace Tailer.Archie;

/// <summary>Asking for a history, loading it, and letting it go. docs/formats/http.md, section 3.6.</summary>
internal static class HistoryEndpoints
{
    public static void Map(WebApplication app)
    {
        app.MapPost("/api/v1/history", EstimateAsync);
        app.MapGet("/api/v1/history", (HttpContext context, HistoryJobs jobs) =>
            Answer.Json(context, new HistoryList([.. jobs.All().Select(HistoryJobAnswer.Of)]), ArchieJson.Default.HistoryList));
        app.MapGet("/api/v1/history/{id}", (HttpContext context, string id, HistoryJobs jobs) =>
            jobs.TryFind(id, out HistoryJob? job) ? WriteAsync(context, job) : Problem.WriteAsync(context, NoJob(id)));
        app.MapPost("/api/v1/history/{id}/load", LoadAsync);
        app.MapDelete("/api/v1/history/{id}", DeleteAsync);
    }

    public static Problem NoJob(string id) => Problem.NotFound($"There is no history request '{(id.Length > 32 ? id[..32] : id)}'; it may have expired.");

    private static Task WriteAsync(HttpContext context, HistoryJob job, int status = StatusCodes.Status200OK) =>
        Answer.Json(context, HistoryJobAnswer.Of(job), ArchieJson.Default.HistoryJobAnswer, status);

    private static async Task EstimateAsync(
        HttpContext context, EnvironmentList environments, HistoryJobs jobs, HistoryOptions options, SearchGate gate, TimeProvider clock)
    {
        HistoryRequest? body;
        try
        {
            body = await JsonSerializer.DeserializeAsync(context.Request.Body, ArchieJson.Default.HistoryRequest, context.RequestAborted);
        }
        catch (JsonException e)
        {
            await Problem.WriteAsync(context, Problem.BadRequest($"The body must be JSON such as {{\"start\":\"-2h\",\"end\":\"now\"}}: {e.Message}"));
            return;
        }

        ulong now = LogTime.Now(clock);
        if (Read(body, now, out ulong start, out ulong end) is { } wrong)
        {
            await Problem.WriteAsync(context, wrong);
            return;
        }

        if (!environments.TryFind(body!.Env, out ServedEnvironment? environment, out Problem? unknown))
        {
            await Problem.WriteAsync(context, unknown);
            return;
        }

        using IDisposable? place = gate.TryEnter();
        if (place is null)
        {
            await Problem.WriteAsync(context, Problem.Busy($"{SearchGate.RunningMax} searches are running. Try again in a moment."));
            return;
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        timeout.CancelAfter(SearchGate.Timeout);
        var job = new HistoryJob
        {
            Id = HistoryJobs.NewId(),
            Environment = environment.Name,
            Start = start,
            End = end,
            Query = body.Query?.Trim() ?? "",
            State = HistoryState.Estimated,
            Estimate = await HistoryEstimator.EstimateAsync(environment, start, end, timeout.Token),
            Created = now,
            Expires = now + LogTime.FromTimeSpan(options.ExpireAfter),
        };
        if (!jobs.TryAdd(job))
        {
            await Problem.WriteAsync(context, Problem.Busy($"There are {HistoryJobs.JobsMax} history requests. Delete some."));
            return;
        }

        context.Response.Headers.Location = $"/api/v1/history/{job.Id}";
        await WriteAsync(context, job, StatusCodes.Status201Created);
    }

    private static Problem? Read(HistoryRequest? body, ulong now, out ulong start, out ulong end)
    {
        start = end = 0;
        if (body?.Start is null || !SearchTime.TryParse(body.Start, now, out start))
            return Problem.BadRequest($"'start' must be {SearchTime.Expected}.");
        if (body.End is null || !SearchTime.TryParse(body.End, now, out end))
            return Problem.BadRequest($"'end' must be {SearchTime.Expected}.");
        if (start >= end)
            return Problem.BadRequest("'end' must be after 'start'.");
        if (body.Query is { Length: > RequestLimits.QueryCharsMax })
            return Problem.BadRequest($"The query has {body.Query.Length} characters; at most {RequestLimits.QueryCharsMax} are allowed.");
        return Query.Parse(body.Query).Error is { } error ? Problem.BadQuery(error) : null;
    }

    private static Task LoadAsync(HttpContext context, string id, HistoryJobs jobs, HistoryLoader loader, HistoryOptions options, TimeProvider clock)
    {
        if (!jobs.TryFind(id, out HistoryJob? job))
            return Problem.WriteAsync(context, NoJob(id));
        if (job.State is HistoryState.Loading or HistoryState.Ready)
            return WriteAsync(context, job);
        if (job.State == HistoryState.Expired)
            return Problem.WriteAsync(context, Problem.Conflict("This request has expired. Ask for the range again."));
        long needed = job.Estimate.Bytes + job.Estimate.UnsealedBytes;
        if (jobs.BytesInUse() + needed > options.BytesMax)
        {
            return Problem.WriteAsync(context, Problem.TooLarge(
                $"This history needs about {needed} bytes, {jobs.BytesInUse()} of {options.BytesMax} are in use. Delete loaded ones, narrow the range, or raise history.max_bytes."));
        }

        ulong expires = LogTime.Now(clock) + LogTime.FromTimeSpan(options.ExpireAfter);
        HistoryJob? changed = jobs.Change(id, j => j.State is HistoryState.Estimated or HistoryState.Failed
            ? j with { State = HistoryState.Loading, Expires = expires, Error = null, Progress = new HistoryProgress(0, 0, 0, 0) }
            : j);
        if (changed is null)
            return Problem.WriteAsync(context, NoJob(id));
        loader.TryQueue(id);
        return WriteAsync(context, changed, StatusCodes.Status202Accepted);
    }

    private static Task DeleteAsync(HttpContext context, string id, HistoryJobs jobs, HistoryLoader loader, HistoryFiles files)
    {
        if (!jobs.Remove(id))
            return Problem.WriteAsync(context, NoJob(id));
        loader.Cancel(id);
        files.Delete(id);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
