namespace Tailer.Blocks;

/// <summary>A range of a source's offsets, end exclusive.</summary>
public readonly record struct ByteRange(ulong From, ulong To)
{
    public ulong Length => To - From;
}
