using System.Buffers;
using Tailer.Blocks.Native;

namespace Tailer.Wire.Noise;

/// <summary>Chaining key, handshake hash and the handshake's cipher (Noise revision 34, section 5.2).</summary>
internal sealed class SymmetricState : IDisposable
{
    private const int HashBytes = Blake2bHkdf.HashBytes;

    private readonly byte[] chainingKey = GC.AllocateArray<byte>(HashBytes, pinned: true);
    private readonly byte[] hash = new byte[HashBytes];
    private readonly CipherState cipher = new();

    /// <summary>The protocol name must not be longer than 64 bytes; ours has 33.</summary>
    public SymmetricState(ReadOnlySpan<byte> protocolName)
    {
        protocolName.CopyTo(hash);
        hash.CopyTo(chainingKey.AsSpan());
    }

    public ReadOnlySpan<byte> HandshakeHash => hash;

    public int Overhead => cipher.Overhead;

    public void MixKey(ReadOnlySpan<byte> inputKey)
    {
        Span<byte> derived = stackalloc byte[HashBytes];
        Blake2bHkdf.Derive(chainingKey, inputKey, chainingKey, derived);
        cipher.InitializeKey(derived[..Sodium.KeyBytes]);
        Sodium.Zero(derived);
    }

    public void MixHash(ReadOnlySpan<byte> data)
    {
        byte[] joined = ArrayPool<byte>.Shared.Rent(HashBytes + data.Length);
        hash.CopyTo(joined.AsSpan());
        data.CopyTo(joined.AsSpan(HashBytes));
        Sodium.Blake2b(hash, joined.AsSpan(0, HashBytes + data.Length));
        ArrayPool<byte>.Shared.Return(joined);
    }

    /// <summary>Writes plaintext + <see cref="Overhead"/> bytes and mixes them into the hash; returns how many.</summary>
    public int EncryptAndHash(ReadOnlySpan<byte> plaintext, Span<byte> ciphertext)
    {
        int written = plaintext.Length + cipher.Overhead;
        cipher.Encrypt(hash, plaintext, ciphertext);
        MixHash(ciphertext[..written]);
        return written;
    }

    /// <summary>Writes ciphertext - <see cref="Overhead"/> bytes; false when they were altered.</summary>
    public bool TryDecryptAndHash(ReadOnlySpan<byte> ciphertext, Span<byte> plaintext)
    {
        if (ciphertext.Length < cipher.Overhead || !cipher.TryDecrypt(hash, ciphertext, plaintext))
            return false;
        MixHash(ciphertext);
        return true;
    }

    /// <summary>The two transport ciphers: the initiator's sending one, then the responder's.</summary>
    public (CipherState Initiator, CipherState Responder) Split()
    {
        Span<byte> first = stackalloc byte[HashBytes];
        Span<byte> second = stackalloc byte[HashBytes];
        Blake2bHkdf.Derive(chainingKey, default, first, second);
        var initiator = new CipherState();
        var responder = new CipherState();
        initiator.InitializeKey(first[..Sodium.KeyBytes]);
        responder.InitializeKey(second[..Sodium.KeyBytes]);
        Sodium.Zero(first);
        Sodium.Zero(second);
        return (initiator, responder);
    }

    public void Dispose()
    {
        Sodium.Zero(chainingKey);
        cipher.Dispose();
    }
}
