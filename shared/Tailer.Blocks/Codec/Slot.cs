using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tailer.Blocks;

/// <summary>
/// A variable of a line: where it is in the block's text, and its first bytes, the first in the lowest and zeros behind them, so that
/// most columns are written without going back to the text. Never empty, and its length fits a byte.
/// </summary>
internal readonly record struct Slot(ulong Head, int Start, byte Length, SlotClass Kind)
{
    public const int HeadBytes = 8;

    /// <summary>What a head keeps of eight bytes, by length: fewer instructions than a shift that is bounded.</summary>
    private static ReadOnlySpan<ulong> HeadMasks =>
    [
        0, 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF, 0xFF_FFFFFFFF, 0xFFFF_FFFFFFFF, 0xFFFFFF_FFFFFFFF,
        ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue,
        ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue,
        ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue,
        ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue,
        ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue,
        ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue,
        ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue,
    ];

    public int End => Start + Length;

    /// <summary>A number of fewer than 64 digits; eight bytes must be readable at the place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot OfNumber(ref byte value, int start, int length) =>
        new(Unsafe.ReadUnaligned<ulong>(ref value) & Unsafe.Add(ref MemoryMarshal.GetReference(HeadMasks), length), start, (byte)length, SlotClass.Digits);
}
