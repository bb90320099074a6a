namespace Tailer.Wire;

/// <summary>What became of a PRUNE. The numbers are on the wire.</summary>
public enum PruneOutcome
{
    /// <summary>The file is gone.</summary>
    Pruned = 0,

    /// <summary>It is not what was named: something came since. Archive again, then ask again.</summary>
    Changed = 1,

    /// <summary>There was no such file.</summary>
    Absent = 2,

    /// <summary>The buck keeps it for another reason, for example because its bucket is still open.</summary>
    Refused = 3,
}
