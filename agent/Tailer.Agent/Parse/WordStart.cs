using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tailer.Agent;

/// <summary>
/// Finds where words for levels may begin, 32 places at once: by the low and high halves of three letters in a row, the words being
/// sorted into eight groups by their high halves. A few other words are found too, and none is missed
/// (tests/Tailer.Agent.Tests/Parse/WordStartTests.cs). Any case.
/// </summary>
internal static class WordStart
{
    /// <summary>One bit a place; 34 bytes must be readable.</summary>
    public static uint At(ref byte from) => Avx2.IsSupported ? Whole(ref from) : ByHalves(ref from);

    /// <summary>The same for any processor.</summary>
    internal static uint ByHalves(ref byte from) => Half(ref from) | Half(ref Unsafe.Add(ref from, Vector128<byte>.Count)) << Vector128<byte>.Count;

    // inf err eme war wrn deb dbg tra trc ver not cri fat ftl fin sev ale pan
    private static Vector128<byte> FirstLow => Vector128.Create((byte)16, 1, 0, 36, 65, 9, 39, 96, 0, 1, 0, 0, 0, 0, 2, 0);
    private static Vector128<byte> FirstHigh => Vector128.Create((byte)0, 0, 0, 0, 0, 0, 15, 112, 0, 0, 0, 0, 0, 0, 0, 0);
    private static Vector128<byte> SecondLow => Vector128.Create((byte)0, 50, 77, 0, 4, 33, 0, 0, 0, 1, 0, 0, 1, 1, 1, 2);
    private static Vector128<byte> SecondHigh => Vector128.Create((byte)0, 0, 0, 0, 0, 0, 51, 76, 0, 0, 0, 0, 0, 0, 0, 0);
    private static Vector128<byte> ThirdLow => Vector128.Create((byte)0, 64, 41, 64, 2, 1, 33, 1, 0, 4, 0, 0, 4, 0, 81, 0);
    private static Vector128<byte> ThirdHigh => Vector128.Create((byte)0, 0, 0, 0, 0, 0, 85, 42, 0, 0, 0, 0, 0, 0, 0, 0);

    private static uint Whole(ref byte from)
    {
        Vector256<byte> groups = Groups(ref from, Vector256.Create(FirstLow, FirstLow), Vector256.Create(FirstHigh, FirstHigh))
            & Groups(ref Unsafe.Add(ref from, 1), Vector256.Create(SecondLow, SecondLow), Vector256.Create(SecondHigh, SecondHigh))
            & Groups(ref Unsafe.Add(ref from, 2), Vector256.Create(ThirdLow, ThirdLow), Vector256.Create(ThirdHigh, ThirdHigh));
        return ~Vector256.Equals(groups, Vector256<byte>.Zero).ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Half(ref byte from)
    {
        Vector128<byte> groups = Groups(ref from, FirstLow, FirstHigh) & Groups(ref Unsafe.Add(ref from, 1), SecondLow, SecondHigh) & Groups(ref Unsafe.Add(ref from, 2), ThirdLow, ThirdHigh);
        return ~Vector128.Equals(groups, Vector128<byte>.Zero).ExtractMostSignificantBits() & 0xFFFF;
    }

    /// <summary>The groups that each byte may be a letter of, by tables of its low and its high half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Groups(ref byte from, Vector128<byte> low, Vector128<byte> high)
    {
        Vector128<byte> letters = Vector128.LoadUnsafe(ref from) | Vector128.Create((byte)0x20), half = Vector128.Create((byte)0x0F);
        return Vector128.ShuffleNative(low, letters & half) & Vector128.ShuffleNative(high, (letters >>> 4) & half);
    }

    /// <summary>The same by tables that are there twice: each half of a vector is looked up in its own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Groups(ref byte from, Vector256<byte> low, Vector256<byte> high)
    {
        Vector256<byte> letters = Vector256.LoadUnsafe(ref from) | Vector256.Create((byte)0x20), half = Vector256.Create((byte)0x0F);
        return Avx2.Shuffle(low, letters & half) & Avx2.Shuffle(high, (letters >>> 4) & half);
    }
}
