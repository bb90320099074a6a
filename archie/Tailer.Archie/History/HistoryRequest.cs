namespace Tailer.Archie;

/// <summary>The body of <c>POST /api/v1/history</c>.</summary>
internal sealed record HistoryRequest(string? Env, string? Start, string? End, string? Query);
