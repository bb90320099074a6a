using Tailer.Hosting;

namespace Tailer.Buck;

/// <summary>One item of <c>disks</c> in buck.yaml.</summary>
internal sealed record DiskOptions
{
    /// <summary>More than a machine's shelf holds; and so that a set of them is a 64-bit mask.</summary>
    public const int CountMax = 64;

    private const int WeightMax = 1000;

    /// <summary>Where its bucket files are, below their days.</summary>
    public required string Path { get; init; }

    /// <summary>Its share of the packets is this by the sum of all.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Bytes of the disk that stay free: it takes no packet that would go below.</summary>
    public long ReserveBytes { get; init; }

    /// <summary>It takes nothing new; what it has is read and pruned, until it is empty and can be removed.</summary>
    public bool Drain { get; init; }

    /// <summary>A call that takes longer is given up, and the disk set aside.</summary>
    public TimeSpan Timeout { get; init; } = System.Threading.Timeout.InfiniteTimeSpan;

    public static IReadOnlyList<DiskOptions> ReadList(ConfigSection section, long reserveBytes)
    {
        IReadOnlyList<DiskOptions> disks = section.List("disks", disk => new DiskOptions
        {
            Path = System.IO.Path.TrimEndingDirectorySeparator(disk.Path("path")),
            Weight = disk.Number("weight", 1, 1, WeightMax),
            ReserveBytes = disk.Size("reserve", reserveBytes),
            Drain = disk.Bool("drain", false),
        });
        if (disks.Count > CountMax)
            section.Error("disks", $"'disks' has {disks.Count} items, but may have {CountMax}");
        foreach (IGrouping<string, DiskOptions> same in disks.GroupBy(d => d.Path).Where(g => g.Count() > 1))
            section.Error("disks", $"'disks' has {same.Count()} items with the path '{same.Key}'; each disk is named once");
        if (disks.Count > 0 && disks.All(d => d.Drain))
            section.Error("disks", "all of 'disks' are drained, so nothing could be stored; leave out 'drain' of one");
        return disks;
    }
}
