namespace Tailer.Wire.Noise;

/// <summary>ChaCha20-Poly1305 (RFC 8439) with one key, for large records. The same bytes as libsodium's; may work in place. One owner.</summary>
internal abstract class LargeCipher : IDisposable
{
    /// <summary>Below this a call costs more than it saves.</summary>
    public const int LeastBytes = 4 * 1024;

    /// <summary>Makes one for a key; null where libsodium does all.</summary>
    public static Func<byte[], LargeCipher>? Make { get; set; }

    /// <summary>Writes the plaintext's length and a tag.</summary>
    public abstract void Seal(Span<byte> cipher, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> nonce);

    /// <summary>False when the tag does not fit.</summary>
    public abstract bool Open(Span<byte> plain, ReadOnlySpan<byte> cipher, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> nonce);

    public abstract void Dispose();
}
