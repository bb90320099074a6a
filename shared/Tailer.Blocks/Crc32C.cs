using System.Numerics;
using System.Runtime.InteropServices;

namespace Tailer.Blocks;

/// <summary>CRC-32C (Castagnoli), as in RFC 3720 appendix B.4; one hardware instruction per eight bytes.</summary>
public static class Crc32C
{
    public static uint Compute(ReadOnlySpan<byte> bytes) => ~Append(~0u, bytes);

    /// <summary>Checksum of a sequence that comes in pieces: start with the previous result, or 0 for none.</summary>
    public static uint Continue(uint previous, ReadOnlySpan<byte> bytes) => ~Append(~previous, bytes);

    private static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
            crc = BitOperations.Crc32C(crc, word);
        foreach (byte b in bytes[(words.Length * 8)..])
            crc = BitOperations.Crc32C(crc, b);
        return crc;
    }
}
