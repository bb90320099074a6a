namespace Tailer.Agent;

/// <summary>How a look at a source ended.</summary>
internal enum ReadOutcome
{
    /// <summary>All that was there has been taken.</summary>
    AtEnd,

    /// <summary>A chunk was taken; more may be there.</summary>
    More,

    /// <summary>All but an unfinished line has been taken; it will be sent in part when it stays so.</summary>
    Unfinished,

    /// <summary>The spool takes nothing at present.</summary>
    Blocked,

    /// <summary>The bytes before the position are no longer there.</summary>
    Truncated,

    /// <summary>An archive that has not the bytes before the position.</summary>
    Refused,

    /// <summary>An archive that cannot be unpacked further.</summary>
    Damaged,

    /// <summary>The file could not be opened or read; the next look may have more luck.</summary>
    Failed,
}
