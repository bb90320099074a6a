namespace Tailer.Archie;

/// <summary><c>GET /api/v1/history</c>, newest first.</summary>
internal sealed record HistoryList(IReadOnlyList<HistoryJobAnswer> Jobs);
