using System.Security.Cryptography;
using Tailer.Blocks.Native;
using Tailer.Wire.Noise;

namespace Tailer.Wire.Tests.Noise;

/// <summary>Large records by the system's library are the same bytes as by libsodium.</summary>
public sealed class SystemCipherTests
{
    private readonly byte[] key = RandomNumberGenerator.GetBytes(Sodium.KeyBytes);
    private readonly byte[] nonce = RandomNumberGenerator.GetBytes(Sodium.NonceBytes);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(LargeCipher.LeastBytes)]
    [InlineData(WireLimits.RecordPlaintextBytesMax)]
    public void Each_opens_what_the_other_seals_also_in_place(int bytes)
    {
        Assert.True(SystemCipher.IsThere, "tests need libssl3, as Kestrel does");
        using var system = new SystemCipher(key);
        byte[] plain = RandomNumberGenerator.GetBytes(bytes);
        byte[] associated = RandomNumberGenerator.GetBytes(bytes % 7);
        byte[] expected = new byte[bytes + Sodium.TagBytes];
        Sodium.Seal(expected, plain, associated, nonce, key);

        byte[] record = [.. plain, .. new byte[Sodium.TagBytes]];
        system.Seal(record, record.AsSpan(0, bytes), associated, nonce);
        Assert.Equal(expected, record);
        Assert.True(system.Open(record.AsSpan(0, bytes), record, associated, nonce));
        Assert.Equal(plain, record[..bytes]);
    }

    [Fact]
    public void A_changed_byte_anywhere_is_refused_and_the_cipher_goes_on()
    {
        using var system = new SystemCipher(key);
        byte[] plain = RandomNumberGenerator.GetBytes(100);
        byte[] record = new byte[plain.Length + Sodium.TagBytes];
        system.Seal(record, plain, default, nonce);
        byte[] opened = new byte[plain.Length];
        for (int i = 0; i < record.Length; i++)
        {
            record[i] ^= 1;
            Assert.False(system.Open(opened, record, default, nonce));
            record[i] ^= 1;
        }
        Assert.True(system.Open(opened, record, default, nonce));
        Assert.Equal(plain, opened);
    }

    [Fact]
    public void A_cipher_state_with_it_talks_to_one_without_over_rests_and_rekeys()
    {
        using var with = new CipherState();
        using var without = new CipherState();
        with.InitializeKey(key);
        without.InitializeKey(key);
        byte[] plain = RandomNumberGenerator.GetBytes(20_000);
        byte[] record = new byte[plain.Length + Sodium.TagBytes];
        byte[] opened = new byte[plain.Length];
        for (int i = 0; i < 10; i++)
        {
            int bytes = i % 3 == 2 ? 100 : plain.Length;
            LargeCipher.Make = static key => new SystemCipher(key);
            with.Encrypt(default, plain.AsSpan(0, bytes), record);
            LargeCipher.Make = null;
            Assert.True(without.TryDecrypt(default, record.AsSpan(0, bytes + Sodium.TagBytes), opened));
            Assert.Equal(plain[..bytes], opened[..bytes]);
            if (i % 4 == 1)
                with.Rest();
            if (i % 4 == 3)
            {
                with.Rekey();
                without.Rekey();
            }
        }
    }
}
