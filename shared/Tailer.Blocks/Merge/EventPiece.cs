namespace Tailer.Blocks;

/// <summary>
/// An event, or the part of one that is not there already. <see cref="Block"/> is an index into the merge's blocks, or the
/// complement of an index into its earlier bytes; <see cref="Start"/> is where in the event the piece begins.
/// </summary>
internal readonly record struct EventPiece(ulong Offset, int Length, int Block, int Index, int Start)
{
    public ulong End => Offset + (ulong)Length;

    public ByteRange Range => new(Offset, End);
}
