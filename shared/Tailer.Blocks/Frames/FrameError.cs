namespace Tailer.Blocks;

/// <summary>Why bytes are not a frame, in the order in which a reader looks.</summary>
public enum FrameError
{
    None,
    Truncated,
    NoMagic,
    UnknownVersion,
    OverLimits,
    HeaderChecksum,
    DamagedSources,
    PayloadChecksum,
}
