using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Tailer.Blocks;

/// <summary>
/// CRC-32C (Castagnoli), as in RFC 3720 appendix B.4; one hardware instruction per eight bytes. Each of these waits for the one
/// before, so that long inputs are done in three lanes at once: a checksum goes on over the bytes of other lanes by table, because
/// going on over zeros is linear.
/// </summary>
public static class Crc32C
{
    private const int LaneBytes = 2048;
    private const int LaneWords = LaneBytes / sizeof(ulong);

    /// <summary>What is done at once.</summary>
    internal const int LanesBytes = 3 * LaneBytes;

    private static readonly uint[] OverOneLane = TableOver(LaneWords);
    private static readonly uint[] OverTwoLanes = TableOver(2 * LaneWords);

    public static uint Compute(ReadOnlySpan<byte> bytes) => ~Append(~0u, bytes);

    /// <summary>Checksum of a sequence that comes in pieces: start with the previous result, or 0 for none.</summary>
    public static uint Continue(uint previous, ReadOnlySpan<byte> bytes) => ~Append(~previous, bytes);

    private static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        ReadOnlySpan<byte> tail = bytes[(words.Length * sizeof(ulong))..];
        for (; words.Length >= 3 * LaneWords; words = words[(3 * LaneWords)..])
            crc = AppendLanes(crc, ref MemoryMarshal.GetReference(words));
        foreach (ulong word in words)
            crc = BitOperations.Crc32C(crc, word);
        foreach (byte b in tail)
            crc = BitOperations.Crc32C(crc, b);
        return crc;
    }

    private static uint AppendLanes(uint crc, ref ulong words)
    {
        if (!Sse42.X64.IsSupported)
            return AppendLanesAnywhere(crc, ref words);
        // Of 64 bits, as the instruction has them: cutting and widening them would be as much work again.
        ulong first = crc, second = 0, third = 0;
        for (nint i = 0; i < LaneWords; i++)
        {
            first = Sse42.X64.Crc32(first, Unsafe.Add(ref words, i));
            second = Sse42.X64.Crc32(second, Unsafe.Add(ref words, i + LaneWords));
            third = Sse42.X64.Crc32(third, Unsafe.Add(ref words, i + (2 * LaneWords)));
        }
        return Over(OverTwoLanes, (uint)first) ^ Over(OverOneLane, (uint)second) ^ (uint)third;
    }

    /// <summary>Goes on over <see cref="LanesBytes"/>, on any processor.</summary>
    internal static uint AppendLanesAnywhere(uint crc, ref ulong words)
    {
        uint second = 0, third = 0;
        for (nint i = 0; i < LaneWords; i++)
        {
            crc = BitOperations.Crc32C(crc, Unsafe.Add(ref words, i));
            second = BitOperations.Crc32C(second, Unsafe.Add(ref words, i + LaneWords));
            third = BitOperations.Crc32C(third, Unsafe.Add(ref words, i + (2 * LaneWords)));
        }
        return Over(OverTwoLanes, crc) ^ Over(OverOneLane, second) ^ third;
    }

    private static uint Over(uint[] table, uint crc) =>
        table[(byte)crc] ^ table[0x100 + (byte)(crc >> 8)] ^ table[0x200 + (byte)(crc >> 16)] ^ table[0x300 + (crc >> 24)];

    /// <summary>What each byte of a checksum has become after so many words of zeros.</summary>
    private static uint[] TableOver(int words)
    {
        var bits = new uint[32];
        for (int bit = 0; bit < bits.Length; bit++)
        {
            bits[bit] = 1u << bit;
            for (int i = 0; i < words; i++)
                bits[bit] = BitOperations.Crc32C(bits[bit], 0UL);
        }
        var table = new uint[4 * 0x100];
        for (int i = 0; i < table.Length; i++)
        {
            for (int bit = 0; bit < 8; bit++)
                table[i] ^= (i >> bit & 1) != 0 ? bits[(i >> 8) * 8 + bit] : 0;
        }
        return table;
    }
}
