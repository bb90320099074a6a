namespace Tailer.Wire;

/// <summary>What READ found. The numbers are on the wire.</summary>
public enum RecordStatus
{
    Ok = 0,

    /// <summary>No such record; the file may have been pruned.</summary>
    Absent = 1,

    /// <summary>Its checksum or id does not fit; another buck has a copy.</summary>
    Damaged = 2,
}
