namespace Tailer.Agent;

/// <summary>How sources are read.</summary>
internal sealed record ReadOptions
{
    /// <summary>How often all files are looked at where the kernel does not tell of changes.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The same where it does: it may have missed something.</summary>
    public TimeSpan WatchedInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A packet goes out when it is this old, full or not.</summary>
    public TimeSpan FlushDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The same while somebody watches.</summary>
    public TimeSpan HastyDelay { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>An unfinished last line is sent as a part after it has not grown for this long.</summary>
    public TimeSpan PartialDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A renamed or deleted file is held open until it has not grown for this long: its writer may not have noticed.</summary>
    public TimeSpan RotateGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Files held open; above it, idle ones that still have their name are closed and opened again when they change.</summary>
    public int HandlesMax { get; init; } = 4096;

    /// <summary>
    /// What deleted files may take on the disk because they are held open to be read to their end; above it those deleted longest ago are let
    /// go, and what was not read of them is reported as lost.
    /// </summary>
    public long HeldBytesMax { get; init; } = 4L << 30;

    /// <summary>Unfinished lines kept in memory for all sources; above it they are sent as parts at once.</summary>
    public long PendingBytesMax { get; init; } = 8 * 1024 * 1024;
}
