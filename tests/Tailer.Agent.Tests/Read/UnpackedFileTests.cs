using Tailer.Testing;

namespace Tailer.Agent.Tests;

public sealed class UnpackedFileTests
{
    private readonly MemoryFileTree tree = new(new MemoryClock(DateTimeOffset.UnixEpoch.AddYears(50)), TimeSpan.FromMilliseconds(4));

    public static TheoryData<byte> Packings => [(byte)Packing.Gzip, (byte)Packing.Zstd];

    [Theory]
    [MemberData(nameof(Packings))]
    public void It_reads_as_the_file_that_was_packed(byte packing)
    {
        byte[] plain = Noise(2_000_000);
        using UnpackedFile file = Open(Archives.Pack(plain, (Packing)packing), packing);
        byte[] buffer = new byte[300_000];
        for (int at = 0; at < plain.Length; at += 250_000)
        {
            int expected = Math.Min(buffer.Length, plain.Length - at);
            Assert.Equal(expected, file.Read(buffer, at));
            Assert.True(buffer.AsSpan(0, expected).SequenceEqual(plain.AsSpan(at, expected)));
            Assert.Equal(4096, file.Read(buffer.AsSpan(0, 4096), 0));
            Assert.True(buffer.AsSpan(0, 4096).SequenceEqual(plain.AsSpan(0, 4096)));
        }
        Assert.Equal(0, file.Read(buffer, plain.Length));
        Assert.True(file.AtEnd);
        Assert.Equal(plain.Length, file.Reached);
    }

    [Theory]
    [MemberData(nameof(Packings))]
    public void Any_place_in_it_is_reached_in_steps(byte packing)
    {
        byte[] plain = Noise(3_000_000);
        using UnpackedFile file = Open(Archives.Pack(plain, (Packing)packing), packing);
        int steps = 0;
        while (!file.TryReach(2_345_678, 100_000))
            steps++;
        Assert.InRange(steps, 20, 30);
        byte[] buffer = new byte[64];
        Assert.Equal(64, file.Read(buffer, 2_345_678 - 64));
        Assert.Equal(plain[(2_345_678 - 64)..2_345_678], buffer);
    }

    [Theory]
    [MemberData(nameof(Packings))]
    public void Archives_one_behind_the_other_are_one_file(byte packing)
    {
        byte[] one = "one\n"u8.ToArray(), two = Noise(10_000);
        using UnpackedFile file = Open([.. Archives.Pack(one, (Packing)packing), .. Archives.Pack(two, (Packing)packing)], packing);
        byte[] all = [.. one, .. two], buffer = new byte[20_000];
        Assert.Equal(all.Length, file.Read(buffer, 0));
        Assert.True(all.AsSpan().SequenceEqual(buffer.AsSpan(0, all.Length)));
        Assert.True(file.AtEnd);
    }

    [Theory]
    [MemberData(nameof(Packings))]
    public void Cut_anywhere_it_gives_a_beginning_of_the_file_and_says_that_it_is_not_whole(byte packing)
    {
        byte[] plain = Noise(3000);
        byte[] packed = Archives.Pack(plain, (Packing)packing);
        for (int cut = 0; cut < packed.Length; cut++)
        {
            using UnpackedFile file = Open(packed[..cut], packing);
            Assert.Throws<InvalidDataException>(() => file.Read(new byte[10_000], 0));
            Assert.False(file.AtEnd);
            byte[] got = new byte[file.Reached];
            Assert.Equal(got.Length, file.Read(got, 0));
            Assert.True(plain.AsSpan().StartsWith(got), $"cut at {cut}");
        }
    }

    [Theory]
    [MemberData(nameof(Packings))]
    public void Damage_is_an_error_of_its_own(byte packing)
    {
        byte[] packed = Archives.Pack(Noise(100_000), (Packing)packing);
        packed[10] ^= 0x55;
        packed[packed.Length / 2] ^= 0x55;
        using UnpackedFile file = Open(packed, packing);
        Assert.Throws<InvalidDataException>(() => file.TryReach(long.MaxValue, int.MaxValue));
    }

    [Fact]
    public void A_frame_that_asks_for_a_window_of_64_MiB_is_refused()
    {
        // Magic, no optional field, window of 2^26.
        byte[] packed = [0x28, 0xB5, 0x2F, 0xFD, 0x00, (26 - 10) << 3, 0x01, 0, 0];
        using UnpackedFile file = Open(packed, (byte)Packing.Zstd);
        Assert.Contains("memory", Assert.Throws<InvalidDataException>(() => file.TryReach(1, 1)).Message, StringComparison.OrdinalIgnoreCase);
        packed[5] = (25 - 10) << 3;
        using UnpackedFile allowed = Open(packed, (byte)Packing.Zstd);
        Assert.True(allowed.TryReach(1, 1));
        Assert.True(allowed.AtEnd);
    }

    private static byte[] Noise(int bytes)
    {
        var random = new Random(bytes);
        byte[] noise = new byte[bytes];
        for (int i = 0; i < bytes; i++)
            noise[i] = (byte)('a' + random.Next(12));
        return noise;
    }

    private UnpackedFile Open(byte[] packed, byte packing)
    {
        if (tree.Exists("/archive"))
            tree.Delete("/archive");
        tree.Append("/archive", packed);
        return new UnpackedFile(tree.Open("/archive"), (Packing)packing);
    }
}
