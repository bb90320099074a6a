using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tailer.Blocks;

/// <summary>
/// Compares and copies short runs of bytes with one vector. Both places must be readable for 64 bytes, and where it copies the
/// target writable for 32: callers keep slack behind their buffers.
/// </summary>
internal static class ShortBytes
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreEqual(ref byte a, ref byte b, int length)
    {
        if (Vector512.IsHardwareAccelerated && length < Vector512<byte>.Count)
        {
            ulong different = ~Vector512.Equals(Vector512.LoadUnsafe(ref a), Vector512.LoadUnsafe(ref b)).ExtractMostSignificantBits();
            // The lowest bits are the first bytes; a shift by 64 would be one by 0, so a length of 64 is not done here.
            return (different & ((1UL << length) - 1)) == 0;
        }
        if (length >= 2 * Vector256<byte>.Count)
            return AreLongEqual(ref a, ref b, length);
        // Both halves, whether there is a second or not: no processor foresees how long a piece is.
        uint low = Vector256.Equals(Vector256.LoadUnsafe(ref a), Vector256.LoadUnsafe(ref b)).ExtractMostSignificantBits();
        uint high = Vector256.Equals(Vector256.LoadUnsafe(ref a, (nuint)Vector256<byte>.Count), Vector256.LoadUnsafe(ref b, (nuint)Vector256<byte>.Count)).ExtractMostSignificantBits();
        return (~(low | (ulong)high << 32) & ((1UL << length) - 1)) == 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool AreLongEqual(ref byte a, ref byte b, int length) =>
        MemoryMarshal.CreateReadOnlySpan(ref a, length).SequenceEqual(MemoryMarshal.CreateReadOnlySpan(ref b, length));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(ref byte to, ref byte from, int length)
    {
        if (length <= Vector256<byte>.Count)
            Vector256.LoadUnsafe(ref from).StoreUnsafe(ref to);
        else
            Unsafe.CopyBlockUnaligned(ref to, ref from, (uint)length);
    }
}
