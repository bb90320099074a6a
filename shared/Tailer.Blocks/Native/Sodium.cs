using System.Runtime.InteropServices;

namespace Tailer.Blocks.Native;

/// <summary>
/// The few libsodium functions Tailer uses, each with its lengths checked, so that no caller can hand the C code a
/// short buffer. Sources: libsodium documentation, "Generic hashing", "Point*scalar multiplication",
/// "IETF ChaCha20-Poly1305", "Public-key signatures".
/// </summary>
public static partial class Sodium
{
    private const string Library = "libsodium.so.23";

    public const int KeyBytes = 32;
    public const int SignSecretKeyBytes = 64;
    public const int SignatureBytes = 64;
    public const int TagBytes = 16;
    public const int NonceBytes = 12;

    static Sodium()
    {
        if (sodium_init() < 0)
            throw new InvalidOperationException("libsodium could not be initialised; install libsodium23");
    }

    /// <summary>Returns once libsodium is initialised, which the first use of this class does.</summary>
    internal static void Initialise()
    {
    }

    /// <summary>BLAKE2b of 16 to 64 bytes over <paramref name="input"/>, no key (RFC 7693).</summary>
    public static void Blake2b(Span<byte> output, ReadOnlySpan<byte> input)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(output.Length, 16);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(output.Length, 64);
        unsafe
        {
            fixed (byte* o = output, i = input)
                Check(crypto_generichash(o, (nuint)output.Length, i, (ulong)input.Length, null, 0));
        }
    }

    /// <summary>A fresh X25519 key pair; both spans are 32 bytes.</summary>
    public static void BoxKeyPair(Span<byte> publicKey, Span<byte> secretKey)
    {
        Need(publicKey.Length, KeyBytes);
        Need(secretKey.Length, KeyBytes);
        RandomBytes(secretKey);
        ScalarMultBase(publicKey, secretKey);
    }

    /// <summary>X25519 public key of a secret key (RFC 7748).</summary>
    public static void ScalarMultBase(Span<byte> publicKey, ReadOnlySpan<byte> secretKey)
    {
        Need(publicKey.Length, KeyBytes);
        Need(secretKey.Length, KeyBytes);
        unsafe
        {
            fixed (byte* p = publicKey, s = secretKey)
                Check(crypto_scalarmult_curve25519_base(p, s));
        }
    }

    /// <summary>X25519 shared secret; false when the peer's key is of low order (all-zero result).</summary>
    public static bool ScalarMult(Span<byte> shared, ReadOnlySpan<byte> secretKey, ReadOnlySpan<byte> publicKey)
    {
        Need(shared.Length, KeyBytes);
        Need(secretKey.Length, KeyBytes);
        Need(publicKey.Length, KeyBytes);
        unsafe
        {
            fixed (byte* q = shared, n = secretKey, p = publicKey)
                return crypto_scalarmult_curve25519(q, n, p) == 0;
        }
    }

    /// <summary>Encrypts in the IETF construction (RFC 8439): <paramref name="cipher"/> is plain length + 16 bytes.</summary>
    public static void Seal(Span<byte> cipher, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> ad, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> key)
    {
        Need(cipher.Length, plain.Length + TagBytes);
        Need(nonce.Length, NonceBytes);
        Need(key.Length, KeyBytes);
        unsafe
        {
            ulong written;
            fixed (byte* c = cipher, m = plain, a = ad, n = nonce, k = key)
                Check(crypto_aead_chacha20poly1305_ietf_encrypt(c, &written, m, (ulong)plain.Length, a, (ulong)ad.Length, null, n, k));
        }
    }

    /// <summary>Decrypts; false when the tag does not fit. <paramref name="plain"/> is cipher length - 16 bytes.</summary>
    public static bool Open(Span<byte> plain, ReadOnlySpan<byte> cipher, ReadOnlySpan<byte> ad, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> key)
    {
        if (cipher.Length < TagBytes)
            return false;
        Need(plain.Length, cipher.Length - TagBytes);
        Need(nonce.Length, NonceBytes);
        Need(key.Length, KeyBytes);
        unsafe
        {
            ulong written;
            fixed (byte* c = cipher, m = plain, a = ad, n = nonce, k = key)
                return crypto_aead_chacha20poly1305_ietf_decrypt(m, &written, null, c, (ulong)cipher.Length, a, (ulong)ad.Length, n, k) == 0;
        }
    }

    /// <summary>A fresh Ed25519 key pair: 32 bytes public, 64 bytes secret (seed and public key).</summary>
    public static void SignKeyPair(Span<byte> publicKey, Span<byte> secretKey)
    {
        Need(publicKey.Length, KeyBytes);
        Need(secretKey.Length, SignSecretKeyBytes);
        unsafe
        {
            fixed (byte* p = publicKey, s = secretKey)
                Check(crypto_sign_ed25519_keypair(p, s));
        }
    }

    /// <summary>Detached Ed25519 signature of 64 bytes (RFC 8032).</summary>
    public static void Sign(Span<byte> signature, ReadOnlySpan<byte> message, ReadOnlySpan<byte> secretKey)
    {
        Need(signature.Length, SignatureBytes);
        Need(secretKey.Length, SignSecretKeyBytes);
        unsafe
        {
            ulong written;
            fixed (byte* g = signature, m = message, s = secretKey)
                Check(crypto_sign_ed25519_detached(g, &written, m, (ulong)message.Length, s));
        }
    }

    /// <summary>True when the signature is this key's over this message.</summary>
    public static bool Verify(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> message, ReadOnlySpan<byte> publicKey)
    {
        if (signature.Length != SignatureBytes || publicKey.Length != KeyBytes)
            return false;
        unsafe
        {
            fixed (byte* g = signature, m = message, p = publicKey)
                return crypto_sign_ed25519_verify_detached(g, m, (ulong)message.Length, p) == 0;
        }
    }

    /// <summary>Fills with bytes of the kernel's random source.</summary>
    public static void RandomBytes(Span<byte> output)
    {
        unsafe
        {
            fixed (byte* o = output)
                randombytes_buf(o, (nuint)output.Length);
        }
    }

    /// <summary>Overwrites a secret; not optimised away.</summary>
    public static void Zero(Span<byte> secret)
    {
        unsafe
        {
            fixed (byte* s = secret)
                sodium_memzero(s, (nuint)secret.Length);
        }
    }

    private static void Need(int actual, int expected) => ArgumentOutOfRangeException.ThrowIfNotEqual(actual, expected);

    private static void Check(int result)
    {
        if (result != 0)
            throw new InvalidOperationException($"a libsodium call failed with {result}");
    }

    [LibraryImport(Library)] private static partial int sodium_init();
    [LibraryImport(Library)] private static unsafe partial int crypto_generichash(byte* output, nuint outputBytes, byte* input, ulong inputBytes, byte* key, nuint keyBytes);
    [LibraryImport(Library)] private static unsafe partial int crypto_scalarmult_curve25519(byte* q, byte* n, byte* p);
    [LibraryImport(Library)] private static unsafe partial int crypto_scalarmult_curve25519_base(byte* q, byte* n);
    [LibraryImport(Library)] private static unsafe partial int crypto_aead_chacha20poly1305_ietf_encrypt(byte* c, ulong* cBytes, byte* m, ulong mBytes, byte* ad, ulong adBytes, byte* nsec, byte* npub, byte* k);
    [LibraryImport(Library)] private static unsafe partial int crypto_aead_chacha20poly1305_ietf_decrypt(byte* m, ulong* mBytes, byte* nsec, byte* c, ulong cBytes, byte* ad, ulong adBytes, byte* npub, byte* k);
    [LibraryImport(Library)] private static unsafe partial int crypto_sign_ed25519_keypair(byte* pk, byte* sk);
    [LibraryImport(Library)] private static unsafe partial int crypto_sign_ed25519_detached(byte* sig, ulong* sigBytes, byte* m, ulong mBytes, byte* sk);
    [LibraryImport(Library)] private static unsafe partial int crypto_sign_ed25519_verify_detached(byte* sig, byte* m, ulong mBytes, byte* pk);
    [LibraryImport(Library)] private static unsafe partial void randombytes_buf(byte* buf, nuint size);
    [LibraryImport(Library)] private static unsafe partial void sodium_memzero(byte* p, nuint len);
}
