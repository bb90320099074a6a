using System.Numerics;
using System.Runtime.InteropServices;

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
            crc = AppendLanes(crc, words[..LaneWords], words.Slice(LaneWords, LaneWords), words.Slice(2 * LaneWords, LaneWords));
        foreach (ulong word in words)
            crc = BitOperations.Crc32C(crc, word);
        foreach (byte b in tail)
            crc = BitOperations.Crc32C(crc, b);
        return crc;
    }

    private static uint AppendLanes(uint crc, ReadOnlySpan<ulong> first, ReadOnlySpan<ulong> second, ReadOnlySpan<ulong> third)
    {
        uint crc2 = 0, crc3 = 0;
        for (int i = 0; i < first.Length && i < second.Length && i < third.Length; i++)
        {
            crc = BitOperations.Crc32C(crc, first[i]);
            crc2 = BitOperations.Crc32C(crc2, second[i]);
            crc3 = BitOperations.Crc32C(crc3, third[i]);
        }
        return Over(OverTwoLanes, crc) ^ Over(OverOneLane, crc2) ^ crc3;
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
