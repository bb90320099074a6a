namespace Tailer.Archie;

/// <summary>A buck as browsers reach it.</summary>
internal sealed record BuckAnswer(string Name, string Http);
