namespace Tailer.Blocks;

/// <summary>Flags of a frame; bits 1 and 2 hold the <see cref="BoundaryCopy"/>.</summary>
[Flags]
public enum FrameFlags : byte
{
    None = 0,

    /// <summary>The buck syncs its file before it acknowledges.</summary>
    FsyncBeforeAck = 1,

    /// <summary>It was sealed before, by a clock that was wrong, and nobody took it: <see cref="Restamp"/>.</summary>
    SealedAgain = 8,
}
