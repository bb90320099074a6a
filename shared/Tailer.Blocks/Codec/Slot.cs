namespace Tailer.Blocks;

/// <summary>
/// A variable of a line: where it is in the block's text, and its first bytes, the first in the lowest and zeros behind them, so that
/// most columns are written without going back to the text. Never empty, and its length fits a byte.
/// </summary>
internal readonly record struct Slot(ulong Head, int Start, byte Length, SlotClass Kind)
{
    public const int HeadBytes = 8;

    public int End => Start + Length;
}
