using Tailer.Hosting;
using Tailer.Testing;

namespace Tailer.Buck.Tests;

public sealed class DiskConfigTests
{
    [Fact]
    public void Disks_have_weights_and_reserves_of_their_own()
    {
        BuckOptions options = Read("disk_reserve: 3GiB\ndisks:\n  - path: a/\n  - {path: b, weight: 4, reserve: 20GiB, drain: true}\n");

        Assert.Equal(["a", "b"], options.Disks.Select(disk => Path.GetFileName(disk.Path)));
        Assert.All(options.Disks, disk => Assert.True(Path.IsPathFullyQualified(disk.Path)));
        Assert.Equal([(1, 3L << 30, false), (4, 20L << 30, true)], options.Disks.Select(disk => (disk.Weight, disk.ReserveBytes, disk.Drain)));
        Assert.Empty(Read("").Disks);
    }

    [Theory]
    [InlineData("disks:\n  - {path: a, weight: 0}\n", "'disks[0].weight' is 0, but must be at least 1")]
    [InlineData("disks:\n  - {path: a, weight: -3}\n", "'disks[0].weight' is -3, but must be at least 1")]
    [InlineData("disks:\n  - {path: a, weight: 1001}\n", "at most 1000")]
    [InlineData("disks:\n  - {path: a}\n  - {path: b/../a/}\n", "'disks' has 2 items with the path")]
    [InlineData("disks:\n  - {weight: 2}\n", "missing key 'disks[0].path'")]
    [InlineData("disks:\n  - {path: a, wieght: 2}\n", "unknown key 'wieght'; did you mean 'weight'?")]
    [InlineData("disks: /mnt/a\n", "'disks' must be a list of sections")]
    [InlineData("disks:\n  - {path: a, drain: true}\n", "all of 'disks' are drained")]
    public void Wrong_disks_are_refused_with_the_place(string yaml, string expected)
    {
        ConfigException e = Assert.Throws<ConfigException>(() => Read(yaml));
        Assert.Contains(e.Errors, error => error.Contains(expected, StringComparison.Ordinal) && error.Contains("buck.yaml:", StringComparison.Ordinal));
    }

    [Fact]
    public void More_disks_than_the_bound_are_refused()
    {
        string yaml = "disks:\n" + string.Concat(Enumerable.Range(0, DiskOptions.CountMax + 1).Select(i => $"  - path: disk-{i}\n"));

        Assert.Contains("may have 64", Assert.Throws<ConfigException>(() => Read(yaml)).Errors[0], StringComparison.Ordinal);
    }

    private static BuckOptions Read(string yaml)
    {
        using var directory = new TempDirectory();
        return ConfigFile.Load(directory.File("buck.yaml", "environment: test\nname: buck-1\ncredential: c\ndata: data\nlisten: 127.0.0.1:1\nhttp: 127.0.0.1:2\n" + yaml), BuckOptions.Read);
    }
}
