namespace Tailer.Blocks;

/// <summary>Why a block could not be decoded.</summary>
public enum BlockError
{
    None,
    UnknownCodec,

    /// <summary>Packed with a dictionary that this program does not have: written by a newer one, or damaged.</summary>
    UnknownDictionary,
    OverLimits,
    DamagedBody,
    DamagedColumns,
    TextChecksum,

    /// <summary>The bytes are not those that were written: a segment's footer knows.</summary>
    BlockChecksum,
}
