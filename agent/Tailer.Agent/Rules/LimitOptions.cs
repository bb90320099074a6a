namespace Tailer.Agent;

/// <summary>Lines a second that a source may have, and how many at once.</summary>
internal sealed record LimitOptions(int Rate, int Burst);
