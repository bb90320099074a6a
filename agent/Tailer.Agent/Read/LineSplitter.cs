using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// Cuts bytes into lines with their line ends. A line longer than 64 KiB is cut into parts of that size, counted from the line's
/// start (or from the position at which an unfinished line was sent), so that reading again cuts in the same places.
/// </summary>
internal static class LineSplitter
{
    /// <summary>False when the bytes hold neither a whole line nor a full part.</summary>
    public static bool TryNext(ReadOnlySpan<byte> bytes, out int length, out bool isPart)
    {
        ReadOnlySpan<byte> window = bytes.Length > Limits.EventBytesMax ? bytes[..Limits.EventBytesMax] : bytes;
        int end = IndexOfLineEnd(window);
        isPart = end < 0;
        length = isPart ? Limits.EventBytesMax : end + 1;
        return !isPart || window.Length == Limits.EventBytesMax;
    }

    /// <summary>As <c>IndexOf</c>, which is for longer ways: 64 bytes at a time, most lines having less than four of these.</summary>
    private static int IndexOfLineEnd(ReadOnlySpan<byte> bytes)
    {
        ref byte first = ref MemoryMarshal.GetReference(bytes);
        Vector256<byte> lineEnd = Vector256.Create((byte)'\n');
        int at = 0;
        for (; at <= bytes.Length - (2 * Vector256<byte>.Count); at += 2 * Vector256<byte>.Count)
        {
            uint low = Vector256.Equals(Vector256.LoadUnsafe(ref first, (nuint)at), lineEnd).ExtractMostSignificantBits();
            uint high = Vector256.Equals(Vector256.LoadUnsafe(ref first, (nuint)(at + Vector256<byte>.Count)), lineEnd).ExtractMostSignificantBits();
            ulong found = low | (ulong)high << Vector256<byte>.Count;
            if (found != 0)
                return at + BitOperations.TrailingZeroCount(found);
        }
        int rest = bytes[at..].IndexOf((byte)'\n');
        return rest < 0 ? -1 : at + rest;
    }
}
