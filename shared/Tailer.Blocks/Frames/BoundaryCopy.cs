namespace Tailer.Blocks;

/// <summary>What an agent sends again after a bucket's boundary has passed; the values are in frames.</summary>
public enum BoundaryCopy : byte
{
    /// <summary>What is not delivered yet.</summary>
    Unacked = 0,

    /// <summary>The whole spool file, to one random buck.</summary>
    Whole = 1,

    Off = 2,
}
