namespace Tailer.Buck;

/// <summary>Argument of the hub's Subscribe (docs/formats/http.md, 4.1).</summary>
internal sealed record SubscribeRequest(string? Query, int? BacklogLines, string? SinceTime);
