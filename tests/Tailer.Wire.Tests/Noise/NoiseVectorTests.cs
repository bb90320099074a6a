using Tailer.Wire.Noise;

namespace Tailer.Wire.Tests.Noise;

/// <summary>
/// The published vector for Noise_XX_25519_ChaChaPoly_BLAKE2b of the cacophony collection
/// (github.com/haskell-cryptography/cacophony, as carried by github.com/mcginty/snow, tests/vectors/cacophony.txt).
/// </summary>
public sealed class NoiseVectorTests
{
    private static readonly byte[] Prologue = Convert.FromHexString("4a6f686e2047616c74");
    private static readonly byte[] InitiatorStatic = Convert.FromHexString("e61ef9919cde45dd5f82166404bd08e38bceb5dfdfded0a34c8df7ed542214d1");
    private static readonly byte[] InitiatorEphemeral = Convert.FromHexString("893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a");
    private static readonly byte[] ResponderStatic = Convert.FromHexString("4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893");
    private static readonly byte[] ResponderEphemeral = Convert.FromHexString("bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b");

    private const string HandshakeHash =
        "5d255b0a6984cb7ae5d69b077509225519546d843a7043057865a4086618cf703530f79be531f87f536a986f85890e95d820dfa5842ec0f79c4da5ea63bbf924";

    private static readonly (string Payload, string Ciphertext)[] Messages =
    [
        ("4c756477696720766f6e204d69736573",
            "ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c79444c756477696720766f6e204d69736573"),
        ("4d757272617920526f746862617264",
            "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f1448088430505b6745ce64a5f33f0e8e3b83f11ce8802bca507f4f2d8b564dbe277e1966116e132faa2dfd70b8b077b9f94b913df5056ae1319469b824a98d54bbaa82c325595587064f978c4b6d104f7596e6f"),
        ("462e20412e20486179656b",
            "99579e1c1ee15e422a57ddd6b16d37087b17558e8369c18991b4b2ca3a824abf904cdcf5458b5431a75af034ca9e9b982de039eaaf156775e2d580cd4e5ebae89c3f8cb2594b556d8a8169"),
        ("4361726c204d656e676572", "fc56eea290b3f3a21aac0c70cd5787b5ee99be37d2f4d751329b55"),
        ("4a65616e2d426170746973746520536179", "bb31c9da10d5639a4cdb88a12f5c61de41bbc7df09bf75d94f8184fe4157f5c68f"),
        ("457567656e2042f6686d20766f6e2042617765726b",
            "f6199cadb152fb27f82be0a0891ec76a33598ae92a46cab2fb5a8ed5bf48b7f267f8370af7"),
    ];

    [Fact]
    public void The_published_vector_is_reproduced_byte_for_byte()
    {
        using var initiator = new HandshakeState(true, Prologue, InitiatorStatic, InitiatorEphemeral);
        using var responder = new HandshakeState(false, Prologue, ResponderStatic, ResponderEphemeral);
        for (int i = 0; i < 3; i++)
        {
            (HandshakeState writer, HandshakeState reader) = i % 2 == 0 ? (initiator, responder) : (responder, initiator);
            Exchange(writer, reader, Messages[i].Payload, Messages[i].Ciphertext);
            Assert.Equal(Convert.ToHexStringLower(writer.HandshakeHash), Convert.ToHexStringLower(reader.HandshakeHash));
            // The collection records the hash as it stands before the last message.
            if (i == 1)
                Assert.Equal(HandshakeHash, Convert.ToHexStringLower(initiator.HandshakeHash));
        }

        var (initiatorSend, initiatorReceive) = initiator.Split();
        var (responderSend, responderReceive) = responder.Split();
        for (int i = 3; i < Messages.Length; i++)
        {
            // The vector goes on alternating: the fourth message is the responder's.
            (CipherState send, CipherState receive) = i % 2 == 0 ? (initiatorSend, responderReceive) : (responderSend, initiatorReceive);
            byte[] plaintext = Convert.FromHexString(Messages[i].Payload);
            byte[] ciphertext = new byte[plaintext.Length + 16];
            send.Encrypt(default, plaintext, ciphertext);
            Assert.Equal(Messages[i].Ciphertext, Convert.ToHexStringLower(ciphertext));
            Assert.True(receive.TryDecrypt(default, ciphertext, ciphertext));
            Assert.Equal(plaintext, ciphertext[..plaintext.Length]);
        }
    }

    private static void Exchange(HandshakeState writer, HandshakeState reader, string payload, string ciphertext)
    {
        byte[] message = new byte[512];
        byte[] read = new byte[512];
        Assert.True(writer.TryWriteMessage(Convert.FromHexString(payload), message, out int written));
        Assert.Equal(ciphertext, Convert.ToHexStringLower(message.AsSpan(0, written)));
        Assert.True(reader.TryReadMessage(message.AsSpan(0, written), read, out int payloadBytes));
        Assert.Equal(payload, Convert.ToHexStringLower(read.AsSpan(0, payloadBytes)));
    }
}
