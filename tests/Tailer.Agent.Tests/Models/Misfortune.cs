namespace Tailer.Agent.Tests;

/// <summary>What may happen beside writing, rotation by renaming, deletion and kills.</summary>
[Flags]
public enum Misfortune
{
    None = 0,
    Truncation = 1,
    Archives = 2,
    Links = 4,
    PowerLoss = 8,
    LostState = 16,
    ClockSet = 32,
    Permissions = 64,
    Everything = 127,

    /// <summary>The clock is wrong by days, and right again. Not among the others: it makes more of the sequences in which stamps tell nothing.</summary>
    ClockAhead = 128,

    /// <summary>No misfortune: the agent is told of changes as they happen, as it is by inotify.</summary>
    Notices = 256,
}
