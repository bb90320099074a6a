namespace Tailer.Disk;

/// <summary>What looking at a name can tell.</summary>
public enum FilePresence
{
    /// <summary>Nothing has this name.</summary>
    Absent,

    /// <summary>Something has it.</summary>
    There,

    /// <summary>Nobody can tell: a directory on the way must not be searched, or the disk does not answer.</summary>
    Hidden,
}
