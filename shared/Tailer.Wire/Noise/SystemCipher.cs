using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tailer.Blocks.Native;

namespace Tailer.Wire.Noise;

/// <summary>By the system's OpenSSL, which takes half as long as libsodium where the processor has wide vectors.</summary>
internal sealed class SystemCipher(byte[] key) : LargeCipher
{
    private readonly ChaCha20Poly1305 aead = new(key);

    /// <summary>The system has one that .NET can use. It ends the process when it finds none, so it is not asked before one was seen.</summary>
    public static bool IsThere => (CanLoad("libssl.so.3") || CanLoad("libssl.so.1.1")) && ChaCha20Poly1305.IsSupported;

    public override void Seal(Span<byte> cipher, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> nonce) =>
        aead.Encrypt(nonce, plain, cipher[..plain.Length], cipher.Slice(plain.Length, Sodium.TagBytes), associated);

    public override bool Open(Span<byte> plain, ReadOnlySpan<byte> cipher, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> nonce)
    {
        try
        {
            aead.Decrypt(nonce, cipher[..^Sodium.TagBytes], cipher[^Sodium.TagBytes..], plain, associated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    public override void Dispose() => aead.Dispose();

    private static bool CanLoad(string library)
    {
        if (!NativeLibrary.TryLoad(library, out nint handle))
            return false;
        NativeLibrary.Free(handle);
        return true;
    }
}
