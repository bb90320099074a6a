using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tailer.Blocks;

/// <summary>The compression function of BLAKE2b (RFC 7693, section 3.2) for four inputs at once: element i of every vector belongs to input i.</summary>
internal static class Blake2bStep
{
    public const int Lanes = 4;
    public const int BlockBytes = 128;
    public const int StateWords = 8;

    private const int Words = 16;
    private const int Rounds = 12;

    /// <summary>Section 2.6.</summary>
    public static ReadOnlySpan<ulong> InitialValues =>
    [
        0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
        0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
    ];

    /// <summary>Which words of the block each round mixes in (section 2.7).</summary>
    private static ReadOnlySpan<byte> Schedule =>
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3,
        11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4,
        7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8,
        9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13,
        2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9,
        12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11,
        13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10,
        6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5,
        10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3,
    ];

    /// <summary>Adds so many blocks of each input, none of which is an input's last; each reference is to as many blocks.</summary>
    public static void Add(
        Span<Vector256<ulong>> state, ref byte first, ref byte second, ref byte third, ref byte fourth, int blocks, Vector256<ulong> bytesBefore)
    {
        Vector256<ulong> counter = bytesBefore;
        for (int i = 0; i < blocks; i++)
        {
            counter += Vector256.Create((ulong)BlockBytes);
            int at = i * BlockBytes;
            Add(state, ref Unsafe.Add(ref first, at), ref Unsafe.Add(ref second, at), ref Unsafe.Add(ref third, at), ref Unsafe.Add(ref fourth, at), counter, default);
        }
    }

    /// <summary>Adds one block of each input.</summary>
    /// <param name="state">Eight words of each.</param>
    /// <param name="first">The block of the first input; the others likewise.</param>
    /// <param name="counter">Bytes of each input with this block.</param>
    /// <param name="last">All ones where the block is the last of its input.</param>
    public static void Add(
        Span<Vector256<ulong>> state, ref byte first, ref byte second, ref byte third, ref byte fourth, Vector256<ulong> counter, Vector256<ulong> last)
    {
        Span<Vector256<ulong>> words = stackalloc Vector256<ulong>[Words];
        for (int i = 0; i < Words; i += Lanes)
        {
            int at = i * sizeof(ulong);
            Transpose(words[i..], ref Unsafe.Add(ref first, at), ref Unsafe.Add(ref second, at), ref Unsafe.Add(ref third, at), ref Unsafe.Add(ref fourth, at));
        }
        ReadOnlySpan<ulong> initial = InitialValues;
        Vector256<ulong> v0 = state[0], v1 = state[1], v2 = state[2], v3 = state[3], v4 = state[4], v5 = state[5], v6 = state[6], v7 = state[7];
        Vector256<ulong> v8 = Vector256.Create(initial[0]), v9 = Vector256.Create(initial[1]), v10 = Vector256.Create(initial[2]), v11 = Vector256.Create(initial[3]);
        Vector256<ulong> v12 = Vector256.Create(initial[4]) ^ counter, v13 = Vector256.Create(initial[5]), v14 = Vector256.Create(initial[6]) ^ last, v15 = Vector256.Create(initial[7]);
        ref Vector256<ulong> word = ref words[0];
        ref byte order = ref Unsafe.AsRef(in Schedule[0]);
        for (int round = 0; round < Rounds; round++)
        {
            Mix(ref v0, ref v4, ref v8, ref v12, Unsafe.Add(ref word, order), Unsafe.Add(ref word, Unsafe.Add(ref order, 1)));
            Mix(ref v1, ref v5, ref v9, ref v13, Unsafe.Add(ref word, Unsafe.Add(ref order, 2)), Unsafe.Add(ref word, Unsafe.Add(ref order, 3)));
            Mix(ref v2, ref v6, ref v10, ref v14, Unsafe.Add(ref word, Unsafe.Add(ref order, 4)), Unsafe.Add(ref word, Unsafe.Add(ref order, 5)));
            Mix(ref v3, ref v7, ref v11, ref v15, Unsafe.Add(ref word, Unsafe.Add(ref order, 6)), Unsafe.Add(ref word, Unsafe.Add(ref order, 7)));
            Mix(ref v0, ref v5, ref v10, ref v15, Unsafe.Add(ref word, Unsafe.Add(ref order, 8)), Unsafe.Add(ref word, Unsafe.Add(ref order, 9)));
            Mix(ref v1, ref v6, ref v11, ref v12, Unsafe.Add(ref word, Unsafe.Add(ref order, 10)), Unsafe.Add(ref word, Unsafe.Add(ref order, 11)));
            Mix(ref v2, ref v7, ref v8, ref v13, Unsafe.Add(ref word, Unsafe.Add(ref order, 12)), Unsafe.Add(ref word, Unsafe.Add(ref order, 13)));
            Mix(ref v3, ref v4, ref v9, ref v14, Unsafe.Add(ref word, Unsafe.Add(ref order, 14)), Unsafe.Add(ref word, Unsafe.Add(ref order, 15)));
            order = ref Unsafe.Add(ref order, Words);
        }
        state[0] ^= v0 ^ v8;
        state[1] ^= v1 ^ v9;
        state[2] ^= v2 ^ v10;
        state[3] ^= v3 ^ v11;
        state[4] ^= v4 ^ v12;
        state[5] ^= v5 ^ v13;
        state[6] ^= v6 ^ v14;
        state[7] ^= v7 ^ v15;
    }

    /// <summary>The function G (section 3.1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(ref Vector256<ulong> a, ref Vector256<ulong> b, ref Vector256<ulong> c, ref Vector256<ulong> d, Vector256<ulong> x, Vector256<ulong> y)
    {
        a += b + x;
        d = RotateRight(d ^ a, 32);
        c += d;
        b = RotateRight(b ^ c, 24);
        a += b + y;
        d = RotateRight(d ^ a, 16);
        c += d;
        b = RotateRight(b ^ c, 63);
    }

    /// <summary>By whole bytes they are shuffles where there is no instruction for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> RotateRight(Vector256<ulong> value, [ConstantExpected] byte count)
    {
        if (Avx512F.VL.IsSupported)
            return Avx512F.VL.RotateRight(value, count);
        return count switch
        {
            32 => Avx2.Shuffle(value.AsUInt32(), 0b10_11_00_01).AsUInt64(),
            24 => Avx2.Shuffle(value.AsByte(), Vector256.Create((byte)3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10, 3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10)).AsUInt64(),
            16 => Avx2.Shuffle(value.AsByte(), Vector256.Create((byte)2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9, 2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9)).AsUInt64(),
            _ => value >>> count | value << 64 - count,
        };
    }

    /// <summary>Four words of four inputs: from a row for each input to a row for each word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(Span<Vector256<ulong>> rows, ref byte first, ref byte second, ref byte third, ref byte fourth)
    {
        Vector256<ulong> a = Vector256.LoadUnsafe(ref first).AsUInt64();
        Vector256<ulong> b = Vector256.LoadUnsafe(ref second).AsUInt64();
        Vector256<ulong> c = Vector256.LoadUnsafe(ref third).AsUInt64();
        Vector256<ulong> d = Vector256.LoadUnsafe(ref fourth).AsUInt64();
        Vector256<ulong> firstEven = Avx2.UnpackLow(a, b), firstOdd = Avx2.UnpackHigh(a, b);
        Vector256<ulong> secondEven = Avx2.UnpackLow(c, d), secondOdd = Avx2.UnpackHigh(c, d);
        rows[0] = Avx2.Permute2x128(firstEven, secondEven, 0x20);
        rows[1] = Avx2.Permute2x128(firstOdd, secondOdd, 0x20);
        rows[2] = Avx2.Permute2x128(firstEven, secondEven, 0x31);
        rows[3] = Avx2.Permute2x128(firstOdd, secondOdd, 0x31);
    }
}
