namespace Tailer.Blocks;

/// <summary>What a segment is; the values are in footers.</summary>
public enum SegmentKind : byte
{
    Sealed = 0,

    /// <summary>What arrived after its span was sealed.</summary>
    Delta = 1,

    /// <summary>Events whose time is more than an hour outside the span.</summary>
    Strays = 2,

    /// <summary>Part of the recent index.</summary>
    Recent = 3,
}
