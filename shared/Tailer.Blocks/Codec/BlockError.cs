namespace Tailer.Blocks;

/// <summary>Why a block could not be decoded.</summary>
public enum BlockError
{
    None,
    UnknownCodec,
    OverLimits,
    DamagedBody,
    DamagedColumns,
    TextChecksum,

    /// <summary>The bytes are not those that were written: a segment's footer knows.</summary>
    BlockChecksum,
}
