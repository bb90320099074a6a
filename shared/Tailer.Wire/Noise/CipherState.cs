using System.Buffers.Binary;
using Tailer.Blocks.Native;

namespace Tailer.Wire.Noise;

/// <summary>
/// One direction's key and nonce (Noise revision 34, section 5.1), with ChaChaPoly. Not safe for concurrent use: each
/// direction of a channel has exactly one owner.
/// </summary>
internal sealed class CipherState : IDisposable
{
    /// <summary>The last nonce is reserved for <see cref="Rekey"/>, so it never encrypts a message.</summary>
    private const ulong NonceReserved = ulong.MaxValue;

    private readonly byte[] key = GC.AllocateArray<byte>(Sodium.KeyBytes, pinned: true);

    /// <summary>What large records are encrypted with, made when one comes.</summary>
    private LargeCipher? large;

    public bool HasKey { get; private set; }

    public ulong Nonce { get; private set; }

    public void InitializeKey(ReadOnlySpan<byte> newKey)
    {
        Rest();
        newKey.CopyTo(key);
        HasKey = true;
        Nonce = 0;
    }

    /// <summary>Bytes that encryption adds: 16 once there is a key, 0 before.</summary>
    public int Overhead => HasKey ? Sodium.TagBytes : 0;

    /// <summary>
    /// Writes plaintext length + <see cref="Overhead"/> bytes; may work in place. Throws when all nonces are used, which
    /// at a million records a second takes half a million years.
    /// </summary>
    public void Encrypt(ReadOnlySpan<byte> associated, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext)
    {
        if (!HasKey)
        {
            plaintext.CopyTo(ciphertext);
            return;
        }
        if (Nonce == NonceReserved)
            throw new InvalidOperationException("all nonces of this key are used; the channel must be closed");
        Span<byte> nonce = stackalloc byte[Sodium.NonceBytes];
        WriteNonce(nonce, Nonce++);
        Span<byte> sealedBytes = ciphertext[..(plaintext.Length + Sodium.TagBytes)];
        if (LargeFor(plaintext.Length) is { } cipher)
            cipher.Seal(sealedBytes, plaintext, associated, nonce);
        else
            Sodium.Seal(sealedBytes, plaintext, associated, nonce, key);
    }

    /// <summary>
    /// Writes ciphertext length - <see cref="Overhead"/> bytes; may work in place. False when the bytes are not what the
    /// peer's key made at this position; the nonce then stays, and the caller closes the channel.
    /// </summary>
    public bool TryDecrypt(ReadOnlySpan<byte> associated, ReadOnlySpan<byte> ciphertext, Span<byte> plaintext)
    {
        if (!HasKey)
        {
            ciphertext.CopyTo(plaintext);
            return true;
        }
        if (ciphertext.Length < Sodium.TagBytes || Nonce == NonceReserved)
            return false;
        Span<byte> nonce = stackalloc byte[Sodium.NonceBytes];
        WriteNonce(nonce, Nonce);
        Span<byte> opened = plaintext[..(ciphertext.Length - Sodium.TagBytes)];
        bool isWhole = LargeFor(opened.Length) is { } cipher
            ? cipher.Open(opened, ciphertext, associated, nonce)
            : Sodium.Open(opened, ciphertext, associated, nonce, key);
        if (!isWhole)
            return false;
        Nonce++;
        return true;
    }

    /// <summary>Replaces the key by a one-way function of itself; the nonce runs on (section 11.3).</summary>
    public void Rekey()
    {
        Span<byte> nonce = stackalloc byte[Sodium.NonceBytes];
        WriteNonce(nonce, NonceReserved);
        Span<byte> zeros = stackalloc byte[Sodium.KeyBytes];
        zeros.Clear();
        Span<byte> next = stackalloc byte[Sodium.KeyBytes + Sodium.TagBytes];
        Sodium.Seal(next, zeros, default, nonce, key);
        Rest();
        next[..Sodium.KeyBytes].CopyTo(key);
        Sodium.Zero(next);
    }

    /// <summary>To be called after each record: rekeys after every so many.</summary>
    public void RekeyWhenDue(int recordsPerKey)
    {
        if (Nonce % (ulong)recordsPerKey == 0)
            Rekey();
    }

    /// <summary>Gives back what only the next large record needs.</summary>
    public void Rest()
    {
        large?.Dispose();
        large = null;
    }

    public void Dispose()
    {
        Rest();
        Sodium.Zero(key);
    }

    private LargeCipher? LargeFor(int bytes) => bytes >= LargeCipher.LeastBytes && LargeCipher.Make is { } make ? large ??= make(key) : null;

    /// <summary>Section 12.3: 32 bits of zeros followed by the little-endian counter.</summary>
    private static void WriteNonce(Span<byte> nonce, ulong counter)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(nonce, 0);
        BinaryPrimitives.WriteUInt64LittleEndian(nonce[4..], counter);
    }
}
