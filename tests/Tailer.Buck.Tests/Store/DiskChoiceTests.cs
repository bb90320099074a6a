using System.Globalization;
using FsCheck;
using FsCheck.Xunit;
using Tailer.Blocks;
using Tailer.Testing;

namespace Tailer.Buck.Tests;

public sealed class DiskChoiceTests
{
    private const int Count = 20_000;

    /// <summary>Five standard deviations of a binomial: of a million runs one is wrong.</summary>
    [Property(MaxTest = 40)]
    public bool Each_disk_gets_the_share_of_its_weight(int seed, PositiveInt disks)
    {
        var random = new Random(seed);
        StoreDisk[] some = Make(random, 1 + (disks.Get % 8));
        double sum = some.Sum(disk => disk.Weight);
        int[] got = new int[some.Length];
        for (int i = 0; i < Count; i++)
            got[DiskChoice.Next(some, Id(random), 0, 0)]++;
        return some.Zip(got).All(pair =>
        {
            double share = pair.First.Weight / sum;
            return Math.Abs(pair.Second - (Count * share)) <= (5 * Math.Sqrt(Count * share * (1 - share))) + 1;
        });
    }

    /// <summary>And seen from the other side: one that comes takes from others, and moves nothing between them.</summary>
    [Property(MaxTest = 40)]
    public bool A_disk_that_leaves_moves_its_own_packets_and_no_other(int seed, PositiveInt disks, PositiveInt leaving)
    {
        var random = new Random(seed);
        StoreDisk[] before = Make(random, 2 + (disks.Get % 7));
        int gone = leaving.Get % before.Length;
        PacketId[] ids = [.. Enumerable.Range(0, 2000).Select(_ => Id(random))];
        int[] chosen = [.. ids.Select(id => DiskChoice.Next(before, id, 0, 0))];
        before[gone].SetAside("gone");
        return ids.Zip(chosen).All(pair => DiskChoice.Next(before, pair.First, 0, 0) is int now && now != gone && (pair.Second == gone || now == pair.Second));
    }

    [Property(MaxTest = 40)]
    public bool Its_packets_go_to_the_others_by_their_weights(int seed)
    {
        var random = new Random(seed);
        StoreDisk[] some = Make(random, 3);
        int[] got = new int[3];
        int moved = 0;
        for (int i = 0; i < Count; i++)
        {
            PacketId id = Id(random);
            if (DiskChoice.Next(some, id, 0, 0) != 0)
                continue;
            moved++;
            got[DiskChoice.Next(some, id, 0, passed: 1)]++;
        }
        double share = (double)some[1].Weight / (some[1].Weight + some[2].Weight);
        return got[0] == 0 && Math.Abs(got[1] - (moved * share)) <= (5 * Math.Sqrt(moved * share * (1 - share))) + 1;
    }

    [Fact]
    public void The_same_packet_goes_to_the_same_disk_in_every_version()
    {
        Assert.Equal("1.0842166", DiskChoice.Draw(new PacketId(1), 0, 1).ToString("F7", CultureInfo.InvariantCulture));
        Assert.Equal("0.1084217", DiskChoice.Draw(new PacketId(1), 0, 10).ToString("F7", CultureInfo.InvariantCulture));
    }

    private static PacketId Id(Random random)
    {
        Span<byte> bytes = stackalloc byte[PacketId.Bytes];
        random.NextBytes(bytes);
        return PacketId.Read(bytes);
    }

    private static StoreDisk[] Make(Random random, int count) => [.. Enumerable.Range(0, count).Select(i => new StoreDisk(
        new MemoryDisk(), new DiskOptions { Path = $"/disk-{i}", Weight = random.Next(1, 11) }, new DiskIdentity(1, $"{random.NextInt64():x16}{i:x16}", i, "test", "buck")))];
}
