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

    /// <summary>The clock is wrong by days, and right again.</summary>
    ClockAhead = 128,
    Everything = 255,

    /// <summary>No misfortune: the agent is told of changes as they happen, as it is by inotify.</summary>
    Notices = 256,
}
