namespace Tailer.Archie;

/// <summary><c>GET /api/v1/config</c>: what the page needs to start.</summary>
internal sealed record ConfigAnswer(string Version, int Api, IReadOnlyList<EnvironmentAnswer> Environments, LimitsAnswer Limits);
