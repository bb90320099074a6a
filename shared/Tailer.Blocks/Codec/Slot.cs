namespace Tailer.Blocks;

/// <summary>A variable of a line: where it is in the block's text. Never empty, so a length fits a byte.</summary>
internal readonly record struct Slot(int Start, byte Length, SlotClass Kind)
{
    public int End => Start + Length;
}
