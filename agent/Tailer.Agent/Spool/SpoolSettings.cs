using Tailer.Disk;

namespace Tailer.Agent;

/// <summary>Where the spool is and how much it may hold.</summary>
internal sealed record SpoolSettings
{
    public required IDisk Disk { get; init; }
    public required string StateDirectory { get; init; }
    public required string Agent { get; init; }
    public required string Host { get; init; }
    public required int BucketSeconds { get; init; }
    public required TimeProvider Clock { get; init; }

    /// <summary>Undelivered bytes at which reading stops: the log files are the buffer then.</summary>
    public long BytesMax { get; init; } = 1L << 30;

    /// <summary>Delivered data older than this is pruned.</summary>
    public TimeSpan AgeMax { get; init; } = TimeSpan.FromHours(48);

    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Sync every packet before it is shipped; else with each checkpoint.</summary>
    public bool SyncPackets { get; init; }

    public ulong BucketWidth => (ulong)BucketSeconds * Blocks.LogTime.PerSecond;

    public string SpoolDirectory => Path.Combine(StateDirectory, "spool");

    public string CheckpointPath => Path.Combine(StateDirectory, "checkpoint");

    /// <summary>Space kept for a checkpoint on a full disk.</summary>
    public string ReservePath => Path.Combine(StateDirectory, "reserve");
}
