namespace Tailer.Archie;

/// <summary>One agent as one buck knows it.</summary>
internal sealed record BuckReportAgent(
    string Name, bool Connected, DateTimeOffset? LastSeen, bool Goodbye, bool Retired, IReadOnlyDictionary<string, string>? Values, double? SkewSeconds = null, DateTimeOffset? CredentialExpires = null);
