namespace Tailer.Buck;

/// <summary>What a packet is for the counters. Of its copies only copy 0 counts.</summary>
internal enum Counting : byte
{
    /// <summary>Another copy, or one that replaces another: it is counted elsewhere.</summary>
    No,

    /// <summary>Copy 0, and nobody else was asked to take it as that.</summary>
    Yes,

    /// <summary>Copy 0, but another buck, or this one, was asked before and did not answer: it may have counted it.</summary>
    Perhaps,
}
