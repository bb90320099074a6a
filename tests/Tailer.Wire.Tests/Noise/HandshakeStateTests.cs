using Tailer.Blocks.Native;
using Tailer.Wire.Noise;

namespace Tailer.Wire.Tests.Noise;

public sealed class HandshakeStateTests
{
    private static readonly byte[] Payload = "who I am"u8.ToArray();

    [Fact]
    public void Any_flipped_byte_of_any_handshake_message_ends_the_handshake_without_an_exception()
    {
        int[] lengths = [32 + 8, 32 + 48 + 24, 48 + 24];
        for (int damaged = 0; damaged < 3; damaged++)
        {
            for (int at = 0; at < lengths[damaged]; at++)
                Assert.False(Completes(damaged, message => message[at] ^= 0x40, out _), $"message {damaged}, byte {at}");
        }
    }

    [Fact]
    public void Any_cut_of_any_handshake_message_ends_the_handshake_without_an_exception()
    {
        int[] lengths = [32, 32 + 48 + 24, 48 + 24];
        for (int damaged = 0; damaged < 3; damaged++)
        {
            for (int keep = 0; keep < lengths[damaged]; keep++)
                Assert.False(Completes(damaged, _ => { }, out _, keep), $"message {damaged} cut to {keep}");
        }
    }

    [Fact]
    public void An_unaltered_handshake_completes_and_proves_both_static_keys()
    {
        Assert.True(Completes(-1, _ => { }, out (byte[] SeenByInitiator, byte[] SeenByResponder) keys));
        Assert.Equal(PublicKey(2), keys.SeenByInitiator);
        Assert.Equal(PublicKey(1), keys.SeenByResponder);
    }

    [Fact]
    public void Different_prologues_end_the_handshake_at_the_first_encrypted_byte()
    {
        using var initiator = new HandshakeState(true, "one"u8, Secret(1));
        using var responder = new HandshakeState(false, "two"u8, Secret(2));
        byte[] message = new byte[256];
        byte[] payload = new byte[256];
        initiator.TryWriteMessage(default, message, out int written);
        Assert.True(responder.TryReadMessage(message.AsSpan(0, written), payload, out _));
        responder.TryWriteMessage(default, message, out written);
        Assert.False(initiator.TryReadMessage(message.AsSpan(0, written), payload, out _));
    }

    [Fact]
    public void An_ephemeral_key_of_small_order_is_refused()
    {
        using var responder = new HandshakeState(false, default, Secret(2));
        Assert.True(responder.TryReadMessage(new byte[32], new byte[32], out _));
        Assert.False(responder.TryWriteMessage(default, new byte[256], out _));
    }

    [Fact]
    public void After_a_rekey_on_both_sides_messages_go_on_and_a_one_sided_rekey_is_noticed()
    {
        using var send = new CipherState();
        using var receive = new CipherState();
        send.InitializeKey(Secret(3));
        receive.InitializeKey(Secret(3));
        byte[] before = Sealed(send);
        send.Rekey();
        byte[] after = Sealed(send);
        Assert.True(receive.TryDecrypt(default, before, before));
        Assert.False(receive.TryDecrypt(default, after.ToArray(), new byte[8]));
        receive.Rekey();
        Assert.True(receive.TryDecrypt(default, after, after));
        Assert.Equal(Payload, after[..8]);
    }

    [Fact]
    public void Hmac_agrees_with_the_keyed_construction_written_out_by_hand()
    {
        byte[] key = Secret(7);
        byte[] expected = new byte[64];
        byte[] inner = [.. Enumerable.Range(0, 128).Select(i => (byte)((i < 32 ? key[i] : 0) ^ 0x36)), .. Payload];
        byte[] innerHash = new byte[64];
        Sodium.Blake2b(innerHash, inner);
        Sodium.Blake2b(expected, [.. Enumerable.Range(0, 128).Select(i => (byte)((i < 32 ? key[i] : 0) ^ 0x5c)), .. innerHash]);
        byte[] actual = new byte[64];
        Blake2bHkdf.Hmac(actual, key, Payload);
        Assert.Equal(expected, actual);
    }

    private static bool Completes(
        int damaged, Action<byte[]> damage, out (byte[] SeenByInitiator, byte[] SeenByResponder) keys, int keep = int.MaxValue)
    {
        using var initiator = new HandshakeState(true, "prologue"u8, Secret(1));
        using var responder = new HandshakeState(false, "prologue"u8, Secret(2));
        keys = default;
        byte[] payload = new byte[256];
        for (int i = 0; i < 3; i++)
        {
            (HandshakeState writer, HandshakeState reader) = i % 2 == 0 ? (initiator, responder) : (responder, initiator);
            byte[] message = new byte[256];
            if (!writer.TryWriteMessage(Payload, message, out int written))
                return false;
            if (i == damaged)
            {
                damage(message);
                written = Math.Min(written, keep);
            }
            if (!reader.TryReadMessage(message.AsSpan(0, written), payload, out int payloadBytes))
                return false;
            // The first payload is in clear text; only the second message shows that it was altered.
            if (i > 0)
                Assert.Equal(Payload, payload[..payloadBytes]);
        }
        keys = (initiator.RemoteStatic.ToArray(), responder.RemoteStatic.ToArray());
        return initiator.IsComplete && responder.IsComplete && initiator.HandshakeHash.SequenceEqual(responder.HandshakeHash);
    }

    private static byte[] Sealed(CipherState cipher)
    {
        byte[] sealedBytes = new byte[Payload.Length + 16];
        cipher.Encrypt(default, Payload, sealedBytes);
        return sealedBytes;
    }

    private static byte[] Secret(byte fill) => Enumerable.Repeat(fill, 32).ToArray();

    private static byte[] PublicKey(byte fill)
    {
        byte[] key = new byte[32];
        Sodium.ScalarMultBase(key, Secret(fill));
        return key;
    }
}
