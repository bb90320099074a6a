namespace Tailer.Archie;

/// <summary><c>GET /api/v1/status</c>.</summary>
internal sealed record StatusAnswer(string Now, IReadOnlyList<EnvironmentStatus> Environments);
