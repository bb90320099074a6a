using System.Buffers.Binary;
using FsCheck.Xunit;

namespace Tailer.Blocks.Tests;

public sealed class ManifestTests
{
    [Property(MaxTest = 200)]
    public void A_manifest_reads_back(int seed)
    {
        Manifest manifest = new TestData(new Random(seed)).Manifest();
        byte[] bytes = manifest.ToArray();
        Same.Manifest(manifest, Manifest.TryRead(bytes));
        Assert.Equal(bytes, Manifest.TryRead(bytes)!.ToArray());
    }

    [Fact]
    public void What_it_says_does_not_depend_on_the_order_of_its_lists()
    {
        Manifest manifest = new TestData(new Random(9)).Manifest();
        Manifest turned = manifest with { Packets = [.. manifest.Packets.Reverse()], Sources = [.. manifest.Sources.Reverse()] };
        Assert.True(manifest.Sources.Count > 1 && manifest.Packets.Count > 1);
        Assert.Equal(manifest.ToArray(), turned.ToArray());
    }

    [Fact]
    public void Every_cut_and_every_flipped_bit_is_found()
    {
        byte[] bytes = Sample();
        for (int cut = 0; cut < bytes.Length; cut++)
            Assert.Null(Manifest.TryRead(bytes.AsSpan(0, cut)));
        Assert.Null(Manifest.TryRead([.. bytes, 0]));
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(Manifest.TryRead(bytes));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Impossible_times_ranges_and_versions_are_refused()
    {
        Manifest manifest = new TestData(new Random(9)).Manifest();
        Assert.NotNull(Manifest.TryRead(manifest.ToArray()));
        Assert.Null(Manifest.TryRead((manifest with { BucketSeconds = 0 }).ToArray()));
        Assert.Null(Manifest.TryRead((manifest with { CoversFrom = manifest.CoversTo + 1 }).ToArray()));
        Assert.Null(Manifest.TryRead((manifest with { CoversTo = manifest.CoversTo + 1 }).ToArray()));
        Assert.Null(Manifest.TryRead((manifest with { CoversFrom = 0, CoversTo = 0 }).ToArray()));
        ManifestSource source = manifest.Sources[0];
        Assert.Null(Manifest.TryRead((manifest with { Sources = [source with { From = 10, To = 9 }] }).ToArray()));
        Assert.Null(Manifest.TryRead((manifest with { Sources = [source with { Skips = [new Skip(10, 9, 0)] }] }).ToArray()));
        byte[] bytes = manifest.ToArray();
        bytes[8] = 2;
        Mend(bytes);
        Assert.Null(Manifest.TryRead(bytes));
    }

    [Fact]
    public void A_manifest_over_the_limit_is_not_made()
    {
        Manifest manifest = new TestData(new Random(9)).Manifest() with { Packets = new PacketId[Limits.ManifestBytesMax / 16] };
        Assert.Contains("over the limit", Assert.Throws<InvalidOperationException>(manifest.ToArray).Message, StringComparison.Ordinal);
    }

    internal static byte[] Sample() => new TestData(new Random(9)).Manifest().ToArray();

    internal static void Mend(byte[] manifest)
    {
        BinaryPrimitives.WriteInt32LittleEndian(manifest.AsSpan(4), manifest.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(manifest.AsSpan(manifest.Length - 4), Crc32C.Compute(manifest.AsSpan(0, manifest.Length - 4)));
    }
}
