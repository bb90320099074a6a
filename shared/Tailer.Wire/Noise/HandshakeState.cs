using Tailer.Blocks.Native;

namespace Tailer.Wire.Noise;

/// <summary>
/// Noise_XX_25519_ChaChaPoly_BLAKE2b (Noise revision 34, sections 5.3 and 7.5): three messages, after which both sides
/// have proved that they hold their static keys. Whether a static key is welcome is decided by the caller, from the
/// credential in the payload. A message that does not verify ends the handshake for good.
/// </summary>
internal sealed class HandshakeState : IDisposable
{
    public const int KeyBytes = Sodium.KeyBytes;

    private enum Token : byte { E, S, EE, ES, SE }

    private static readonly Token[][] Pattern =
    [
        [Token.E],
        [Token.E, Token.EE, Token.S, Token.ES],
        [Token.S, Token.SE],
    ];

    private readonly SymmetricState symmetric = new("Noise_XX_25519_ChaChaPoly_BLAKE2b"u8);
    private readonly byte[] staticSecret = GC.AllocateArray<byte>(KeyBytes, pinned: true);
    private readonly byte[] ephemeralSecret = GC.AllocateArray<byte>(KeyBytes, pinned: true);
    private readonly byte[] remoteStatic = new byte[KeyBytes];
    private readonly byte[] remoteEphemeral = new byte[KeyBytes];
    private readonly bool initiator;
    private int step;
    private bool failed;

    /// <summary>The ephemeral secret is given only by tests with published vectors; otherwise it is fresh random bytes.</summary>
    public HandshakeState(
        bool initiator, ReadOnlySpan<byte> prologue, ReadOnlySpan<byte> staticSecretKey, ReadOnlySpan<byte> ephemeralSecretKey = default)
    {
        this.initiator = initiator;
        staticSecretKey.CopyTo(staticSecret);
        if (ephemeralSecretKey.IsEmpty)
            Sodium.RandomBytes(ephemeralSecret);
        else
            ephemeralSecretKey.CopyTo(ephemeralSecret);
        symmetric.MixHash(prologue);
    }

    public bool IsComplete => step == Pattern.Length && !failed;

    /// <summary>True when the next message is this side's to write.</summary>
    public bool IsMyTurn => step < Pattern.Length && (step % 2 == 0) == initiator;

    /// <summary>The peer's X25519 public key, valid once the message that carries it was read.</summary>
    public ReadOnlySpan<byte> RemoteStatic => remoteStatic;

    /// <summary>64 bytes that name this session; equal on both sides only if nobody altered anything.</summary>
    public ReadOnlySpan<byte> HandshakeHash => symmetric.HandshakeHash;

    /// <summary>
    /// Writes the next message. False when the peer's ephemeral key is one that would make the secret public. The room
    /// needed is the payload and at most 96 bytes more.
    /// </summary>
    public bool TryWriteMessage(ReadOnlySpan<byte> payload, Span<byte> message, out int written)
    {
        if (!IsMyTurn || failed)
            throw new InvalidOperationException("it is not this side's turn to write a handshake message");
        written = 0;
        Span<byte> publicKey = stackalloc byte[KeyBytes];
        foreach (Token token in Pattern[step])
        {
            if (token == Token.E)
            {
                Sodium.ScalarMultBase(publicKey, ephemeralSecret);
                publicKey.CopyTo(message);
                symmetric.MixHash(publicKey);
                written += KeyBytes;
            }
            else if (token == Token.S)
            {
                Sodium.ScalarMultBase(publicKey, staticSecret);
                written += symmetric.EncryptAndHash(publicKey, message[written..]);
            }
            else if (!TryMixSecret(token))
            {
                return Fail();
            }
        }
        written += symmetric.EncryptAndHash(payload, message[written..]);
        step++;
        return true;
    }

    /// <summary>
    /// Reads the next message; <paramref name="payload"/> needs room for the whole message. False when it is too short,
    /// was altered, or was made for another session.
    /// </summary>
    public bool TryReadMessage(ReadOnlySpan<byte> message, Span<byte> payload, out int payloadBytes)
    {
        if (IsMyTurn || step == Pattern.Length)
            throw new InvalidOperationException("it is not the peer's turn to write a handshake message");
        payloadBytes = 0;
        if (failed)
            return false;
        ReadOnlySpan<byte> rest = message;
        foreach (Token token in Pattern[step])
        {
            int keyBytes = token == Token.S ? KeyBytes + symmetric.Overhead : KeyBytes;
            if (token is Token.E or Token.S && rest.Length < keyBytes)
                return Fail();
            if (token == Token.E)
            {
                rest[..KeyBytes].CopyTo(remoteEphemeral);
                symmetric.MixHash(remoteEphemeral);
                rest = rest[KeyBytes..];
            }
            else if (token == Token.S)
            {
                if (!symmetric.TryDecryptAndHash(rest[..keyBytes], remoteStatic))
                    return Fail();
                rest = rest[keyBytes..];
            }
            else if (!TryMixSecret(token))
            {
                return Fail();
            }
        }
        if (!symmetric.TryDecryptAndHash(rest, payload))
            return Fail();
        payloadBytes = rest.Length - symmetric.Overhead;
        step++;
        return true;
    }

    /// <summary>This side's sending and receiving ciphers, once complete; the caller owns them.</summary>
    public (CipherState Send, CipherState Receive) Split()
    {
        if (!IsComplete)
            throw new InvalidOperationException("the handshake is not complete");
        (CipherState fromInitiator, CipherState fromResponder) = symmetric.Split();
        return initiator ? (fromInitiator, fromResponder) : (fromResponder, fromInitiator);
    }

    public void Dispose()
    {
        Sodium.Zero(staticSecret);
        Sodium.Zero(ephemeralSecret);
        symmetric.Dispose();
    }

    /// <summary>ES is the initiator's ephemeral with the responder's static key, SE the other way round.</summary>
    private bool TryMixSecret(Token token)
    {
        bool mineIsEphemeral = token == Token.EE || (token == Token.ES) == initiator;
        bool theirsIsEphemeral = token == Token.EE || (token == Token.ES) != initiator;
        Span<byte> secret = stackalloc byte[KeyBytes];
        bool usable = Sodium.ScalarMult(
            secret, mineIsEphemeral ? ephemeralSecret : staticSecret, theirsIsEphemeral ? remoteEphemeral : remoteStatic);
        if (usable)
            symmetric.MixKey(secret);
        Sodium.Zero(secret);
        return usable;
    }

    private bool Fail()
    {
        failed = true;
        return false;
    }
}
