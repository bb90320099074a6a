namespace Tailer.Reliability;

/// <summary>All trials, in the order of their table.</summary>
internal static class TrialList
{
    public static IReadOnlyList<Trial> All { get; } =
    [
        new("huge-line", "a single line of 1 GB between two short ones", HugeFileTrials.Line),
        new("huge-nuls", "a file of 1 GB of NULs", HugeFileTrials.Nuls),
        new("backlog", "both bucks away until 10 million lines wait, and back, while 10,000 lines/s go on", BacklogTrials.BothBack),
        new("backlog-late-buck", "the same, one of the bucks back 10 s after the other", BacklogTrials.OneLater),
        new("backlog-kill", "the same, with a kill -9 of the agent while it catches up", BacklogTrials.AgentKilled),
        new("backlog-files", "the same with a spool that is full early, so that most waits in the file", BacklogTrials.SpoolFull),
    ];
}
