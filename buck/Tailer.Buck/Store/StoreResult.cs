namespace Tailer.Buck;

/// <summary>What became of a record, and on which disk it is; null where it is on none.</summary>
internal readonly record struct StoreResult(StoreOutcome Outcome, StoreDisk? Disk)
{
    /// <summary>The record is in a file of this buck.</summary>
    public bool IsHere => Outcome is StoreOutcome.Stored or StoreOutcome.Repeat;
}
