namespace Tailer.Agent;

/// <summary>What a file is that has the name of a rotation and is read by nobody.</summary>
internal enum RotatedVerdict
{
    /// <summary>It cannot be told yet: an archive that is empty or must not be read.</summary>
    Undecided,

    /// <summary>An archive at its beginning; in a moment it can be told.</summary>
    BeingWritten,

    /// <summary>Not to be read: bytes of a source that has ended, or older than what is known.</summary>
    Dismissed,

    /// <summary>Not to be read as long as its original is known: after a kill, what was read of that may have to be read from here.</summary>
    Copy,

    /// <summary>It was at the path unseen, and has to be read.</summary>
    Unseen,
}
