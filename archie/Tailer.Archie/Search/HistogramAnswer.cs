namespace Tailer.Archie;

/// <summary><c>GET /api/v1/histogram</c>.</summary>
internal sealed record HistogramAnswer(
    string From, string To, double StepSeconds, long Total, bool Truncated, bool Complete, IReadOnlyList<AnswerSource> Sources, IReadOnlyList<HistogramBucket> Buckets);
