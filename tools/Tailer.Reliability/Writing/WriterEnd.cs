namespace Tailer.Reliability;

/// <summary>The last line of a writer's report.</summary>
internal sealed record WriterEnd(long Lines, double Seconds);
