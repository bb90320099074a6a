using Tailer.Blocks.Native;

namespace Tailer.Wire.Noise;

/// <summary>HMAC (RFC 2104) over BLAKE2b-512 and the HKDF of Noise revision 34, section 4.3.</summary>
internal static class Blake2bHkdf
{
    public const int HashBytes = 64;
    public const int BlockBytes = 128;

    /// <summary>HMAC-BLAKE2b; key of at most one block, data of at most 128 bytes, which is all that Noise asks of it.</summary>
    public static void Hmac(Span<byte> output, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, BlockBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(data.Length, BlockBytes);
        Span<byte> inner = stackalloc byte[BlockBytes + data.Length];
        Span<byte> outer = stackalloc byte[BlockBytes + HashBytes];
        Pad(inner[..BlockBytes], key, 0x36);
        data.CopyTo(inner[BlockBytes..]);
        Pad(outer[..BlockBytes], key, 0x5c);
        Sodium.Blake2b(outer[BlockBytes..], inner);
        Sodium.Blake2b(output[..HashBytes], outer);
        Sodium.Zero(inner);
        Sodium.Zero(outer);
    }

    /// <summary>The two outputs of HKDF; <paramref name="first"/> may be the chaining key itself.</summary>
    public static void Derive(ReadOnlySpan<byte> chainingKey, ReadOnlySpan<byte> inputKey, Span<byte> first, Span<byte> second)
    {
        Span<byte> secret = stackalloc byte[HashBytes];
        Span<byte> input = stackalloc byte[HashBytes + 1];
        Hmac(secret, chainingKey, inputKey);
        input[0] = 1;
        Hmac(first, secret, input[..1]);
        first.CopyTo(input);
        input[HashBytes] = 2;
        Hmac(second, secret, input);
        Sodium.Zero(secret);
        Sodium.Zero(input);
    }

    private static void Pad(Span<byte> block, ReadOnlySpan<byte> key, byte with)
    {
        block.Fill(with);
        for (int i = 0; i < key.Length; i++)
            block[i] ^= key[i];
    }
}
