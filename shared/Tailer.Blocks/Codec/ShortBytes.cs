using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tailer.Blocks;

/// <summary>
/// Compares and copies short runs of bytes with one vector. Both places must be readable for 64 bytes, and where it copies the
/// target writable for 32: callers keep slack behind their buffers.
/// </summary>
public static class ShortBytes
{
    /// <summary>Whether so many bytes are the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreEqual(ref byte a, ref byte b, int length)
    {
        // A shift by 64 would be one by 0.
        if (length >= Vector512<byte>.Count)
            return AreLongEqual(ref a, ref b, length);
        return (Differences(ref a, ref b) & ((1UL << length) - 1)) == 0;
    }

    /// <summary>
    /// Which of 64 bytes differ, the first in the lowest bit. Of all of them, whether there are so many or not: no processor foresees how long a piece is.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Differences(ref byte a, ref byte b)
    {
        if (Vector512.IsHardwareAccelerated)
            return ~Vector512.Equals(Vector512.LoadUnsafe(ref a), Vector512.LoadUnsafe(ref b)).ExtractMostSignificantBits();
        nuint half = (nuint)Vector256<byte>.Count;
        uint low = Vector256.Equals(Vector256.LoadUnsafe(ref a), Vector256.LoadUnsafe(ref b)).ExtractMostSignificantBits();
        uint high = Vector256.Equals(Vector256.LoadUnsafe(ref a, half), Vector256.LoadUnsafe(ref b, half)).ExtractMostSignificantBits();
        return ~(low | (ulong)high << 32);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool AreLongEqual(ref byte a, ref byte b, int length) =>
        MemoryMarshal.CreateReadOnlySpan(ref a, length).SequenceEqual(MemoryMarshal.CreateReadOnlySpan(ref b, length));

    /// <summary>Copies so many bytes, and may write over what is behind them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(ref byte to, ref byte from, int length)
    {
        if (length <= Vector256<byte>.Count)
            Vector256.LoadUnsafe(ref from).StoreUnsafe(ref to);
        else
            Unsafe.CopyBlockUnaligned(ref to, ref from, (uint)length);
    }
}
