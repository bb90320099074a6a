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
}
