using Tailer.Blocks;

namespace Tailer.Archie;

/// <summary>A job as docs/formats/http.md, section 3.6, has it.</summary>
internal sealed record HistoryJobAnswer(
    string Id, string Env, string Start, string End, string? Query, HistoryState State, HistoryEstimate Estimate, HistoryProgress? Progress,
    string Created, string Expires, string? Error, bool? Complete, IReadOnlyList<AnswerSource>? Sources)
{
    public static HistoryJobAnswer Of(HistoryJob job)
    {
        bool isLoaded = job.State is HistoryState.Ready;
        return new HistoryJobAnswer(
            job.Id, job.Environment, LogTime.Format(job.Start), LogTime.Format(job.End), job.Query.Length == 0 ? null : job.Query, job.State, job.Estimate,
            job.Progress, LogTime.Format(job.Created), LogTime.Format(job.Expires), job.Error, isLoaded ? job.Complete : null, isLoaded ? job.Sources : null);
    }
}
