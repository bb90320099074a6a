using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tailer.Blocks;

/// <summary>
/// A variable of a line: where it is in the block's text, and its first bytes, the first in the lowest and zeros behind them, so that
/// most columns are written without going back to the text. Never empty, and its length fits a byte.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
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

    /// <summary>Writes a slot that is so many bytes further on in a text, eight of which must be readable there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteMoved(ref Slot to, ref Slot from, int bytes, ref byte text)
    {
        // Start, length and kind are the second eight bytes, the start in the lowest of these, and it stays a positive number.
        ulong place = Unsafe.Add(ref Unsafe.As<Slot, ulong>(ref from), 1) + (uint)bytes;
        nuint length = Math.Min((byte)(place >> 32), (nuint)HeadBytes);
        Unsafe.As<Slot, ulong>(ref to) = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref text, (nuint)(uint)place)) & Unsafe.Add(ref MemoryMarshal.GetReference(HeadMasks), length);
        Unsafe.Add(ref Unsafe.As<Slot, ulong>(ref to), 1) = place;
    }
}
