using System.Runtime.InteropServices;
using System.Text;
using Tailer.Blocks.Native;

namespace Tailer.Blocks.Tests;

/// <summary>Against published vectors, and against another implementation.</summary>
public sealed class ChecksumTests
{
    public static TheoryData<uint, byte[]> CrcVectors => new()
    {
        { 0, [] },
        { 0xE3069283, Encoding.ASCII.GetBytes("123456789") },
        { 0x8A9136AA, new byte[32] },
        { 0x62A8AB43, [.. Enumerable.Repeat((byte)0xff, 32)] },
        { 0x46DD794E, [.. Enumerable.Range(0, 32).Select(i => (byte)i)] },
        { 0x113FDB5C, [.. Enumerable.Range(0, 32).Select(i => (byte)(31 - i))] },
        { 0xD9963A56, Convert.FromHexString("01C00000" + "00000000" + "00000000" + "00000000" + "14000000" + "00000400" + "00000014" + "00000018" + "28000000" + "00000000" + "02000000" + "00000000") },
    };

    /// <summary>RFC 3720, appendix B.4, and the customary check value.</summary>
    [Theory]
    [MemberData(nameof(CrcVectors))]
    public void Crc32C_is_the_published_one_and_the_same_in_pieces(uint expected, byte[] bytes)
    {
        Assert.Equal(expected, Crc32C.Compute(bytes));
        for (int split = 0; split <= bytes.Length; split++)
            Assert.Equal(expected, Crc32C.Continue(Crc32C.Continue(0, bytes.AsSpan(0, split)), bytes.AsSpan(split)));
    }

    [Fact]
    public void Crc32C_does_not_depend_on_where_the_bytes_lie()
    {
        byte[] bytes = new byte[100];
        new Random(1).NextBytes(bytes);
        uint expected = Crc32C.Compute(bytes);
        for (int shift = 0; shift < 16; shift++)
        {
            byte[] moved = new byte[200];
            bytes.CopyTo(moved, shift);
            Assert.Equal(expected, Crc32C.Compute(moved.AsSpan(shift, 100)));
        }
    }

    [Fact]
    public void Crc32C_of_lanes_is_the_same_on_any_processor()
    {
        byte[] bytes = new byte[Crc32C.LanesBytes];
        new Random(3).NextBytes(bytes);
        uint anywhere = Crc32C.AppendLanesAnywhere(~0u, ref MemoryMarshal.GetReference(MemoryMarshal.Cast<byte, ulong>(bytes)));
        Assert.Equal(Crc32C.Compute(bytes), ~anywhere);
    }

    /// <summary>Pieces of a kilobyte are too short for lanes.</summary>
    [Fact]
    public void Crc32C_of_much_is_that_of_its_pieces()
    {
        byte[] bytes = new byte[40_000];
        new Random(2).NextBytes(bytes);
        foreach (int length in (int[])[6143, 6144, 6145, 12_287, 12_288, 12_301, 40_000])
        {
            uint expected = 0;
            foreach (byte[] piece in bytes[..length].Chunk(1000))
                expected = Crc32C.Continue(expected, piece);
            Assert.Equal(expected, Crc32C.Compute(bytes.AsSpan(0, length)));
            Assert.Equal(expected, Crc32C.Continue(Crc32C.Compute(bytes.AsSpan(0, 7)), bytes.AsSpan(7, length - 7)));
        }
    }

    /// <summary>RFC 7693, appendix A.</summary>
    [Fact]
    public void Blake2b_of_64_bytes_is_the_published_one()
    {
        byte[] hash = new byte[64];
        Sodium.Blake2b(hash, "abc"u8);
        Assert.Equal(
            "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
            Convert.ToHexStringLower(hash));
    }

    public static TheoryData<string, byte[]> Blake128 => new()
    {
        { "cae66941d9efbd404e4d88758ea67670", [] },
        { "cf4ab791c62b8d2b2109c90275287816", Encoding.ASCII.GetBytes("abc") },
        { "c2472c0ac37a8dbdb25f05ada0d82643", [.. Enumerable.Range(0, 256).Select(i => (byte)i)] },
    };

    /// <summary>Values of Python's <c>hashlib.blake2b(digest_size=16)</c>.</summary>
    [Theory]
    [MemberData(nameof(Blake128))]
    public void Blake2b_of_16_bytes_is_that_of_another_implementation_and_the_same_in_pieces(string expected, byte[] bytes)
    {
        Assert.Equal(expected, Packet.IdOf(bytes).ToString());
        for (int split = 0; split <= bytes.Length; split++)
        {
            using var hasher = new Blake2bHasher();
            hasher.Add(bytes.AsSpan(0, split));
            hasher.Add(bytes.AsSpan(split));
            Assert.Equal(expected, hasher.Finish().ToString());
        }
    }

    [Theory]
    [InlineData(15)]
    [InlineData(65)]
    public void Blake2b_of_other_lengths_is_refused(int bytes) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Sodium.Blake2b(new byte[bytes], []));

    [Fact]
    public void A_hasher_that_was_disposed_or_finished_is_not_used_again()
    {
        var hasher = new Blake2bHasher();
        hasher.Finish();
        Assert.Throws<InvalidOperationException>(() => hasher.Finish());
        hasher.Dispose();
        hasher.Dispose();
        Assert.Throws<ObjectDisposedException>(() => hasher.Add([1]));
    }

    [Fact]
    public void The_prefix_hash_is_the_first_8_bytes_of_blake2b_of_16() =>
        Assert.Equal(BitConverter.ToUInt64(Convert.FromHexString("cf4ab791c62b8d2b")), SourceDescriptor.HashPrefix("abc"u8));
}
