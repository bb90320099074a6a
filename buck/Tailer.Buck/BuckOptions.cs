using Tailer.Hosting;

namespace Tailer.Buck;

/// <summary>buck.yaml.</summary>
internal sealed record BuckOptions
{
    private const int CountersMax = 100;

    public required string Environment { get; init; }
    public required string Name { get; init; }
    public required string CredentialPath { get; init; }
    /// <summary>The signed list of credentials that are no longer good; read again when it changes. Null: there is none.</summary>
    public string? RevocationsPath { get; init; }
    public required string Data { get; init; }

    /// <summary>Where bucket files are. Empty: in the data directory.</summary>
    public IReadOnlyList<DiskOptions> Disks { get; init; } = [];
    public required NetworkAddress Listen { get; init; }
    public required NetworkAddress Http { get; init; }
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];
    public TimeSpan BucketTime { get; init; } = TimeSpan.FromMinutes(1);
    public TimeSpan FsyncInterval { get; init; } = TimeSpan.FromSeconds(1);
    public long DiskReserveBytes { get; init; } = 1L << 30;

    /// <summary>How long a disk may take for one thing it is asked for; then it counts as failed.</summary>
    public TimeSpan DiskTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes a second that the scrub reads; 0: there is none.</summary>
    public long ScrubRate { get; init; } = 8L << 20;

    /// <summary>Between two scrubs of everything, and before the first.</summary>
    public TimeSpan ScrubPause { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How far ahead of the buck's clock a packet's bucket may start.</summary>
    public TimeSpan FutureMax { get; init; } = TimeSpan.FromHours(1);
    public string? MetricsTokenFile { get; init; }
    public IReadOnlyList<CounterOptions> Counters { get; init; } = [];

    /// <summary>Where counters are sent; null: nowhere.</summary>
    public GraphiteOptions? Graphite { get; init; }

    public static BuckOptions Read(ConfigSection section)
    {
        long reserve = section.Size("disk_reserve", 1L << 30);
        return new BuckOptions
        {
            Environment = section.Text("environment"),
            Name = section.Text("name"),
            CredentialPath = section.Path("credential"),
            RevocationsPath = section.PathOrNull("revocations"),
            Data = section.Path("data"),
            Listen = section.Address("listen"),
            Http = section.Address("http"),
            AllowedOrigins = section.Texts("allowed_origins"),
            AllowedHosts = section.Texts("allowed_hosts"),
            BucketTime = ReadBucketTime(section),
            FsyncInterval = section.Duration("fsync_interval", TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1)),
            DiskReserveBytes = reserve,
            Disks = DiskOptions.ReadList(section, reserve),
            DiskTimeout = section.Duration("disk_timeout", TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10)),
            ScrubRate = section.Size("scrub_rate", 8L << 20),
            ScrubPause = section.Duration("scrub_pause", TimeSpan.FromHours(1), TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(7)),
            FutureMax = section.Duration("future_max", TimeSpan.FromHours(1), TimeSpan.FromSeconds(1)),
            MetricsTokenFile = section.PathOrNull("metrics_token_file"),
            Counters = ReadCounters(section),
            Graphite = section.SectionOrNull("graphite", GraphiteOptions.Read),
        };
    }

    private static IReadOnlyList<CounterOptions> ReadCounters(ConfigSection section)
    {
        IReadOnlyList<CounterOptions> counters = section.List("counters", CounterOptions.Read);
        if (counters.Count > CountersMax)
            section.Error("counters", $"'counters' has {counters.Count} items, but may have {CountersMax}: every packet is matched with each");
        foreach (IGrouping<string, CounterOptions> same in counters.GroupBy(c => c.Name).Where(g => g.Count() > 1))
            section.Error("counters", $"'counters' has {same.Count()} items named '{same.Key}'");
        return counters;
    }

    private static TimeSpan ReadBucketTime(ConfigSection section)
    {
        TimeSpan width = section.Duration("bucket_time", TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        if (width.Ticks % TimeSpan.TicksPerSecond != 0)
            section.Error("bucket_time", "'bucket_time' must be whole seconds");
        return width;
    }
}
