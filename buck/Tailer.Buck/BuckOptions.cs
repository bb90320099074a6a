using Tailer.Hosting;

namespace Tailer.Buck;

/// <summary>buck.yaml.</summary>
internal sealed record BuckOptions
{
    public required string Environment { get; init; }
    public required string Name { get; init; }
    public required string CredentialPath { get; init; }
    /// <summary>The signed list of credentials that are no longer good; read again when it changes. Null: there is none.</summary>
    public string? RevocationsPath { get; init; }
    public required string Data { get; init; }
    public required NetworkAddress Listen { get; init; }
    public required NetworkAddress Http { get; init; }
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];
    public TimeSpan BucketTime { get; init; } = TimeSpan.FromMinutes(1);
    public TimeSpan FsyncInterval { get; init; } = TimeSpan.FromSeconds(1);
    public long DiskReserveBytes { get; init; } = 1L << 30;

    /// <summary>How far ahead of the buck's clock a packet's bucket may start.</summary>
    public TimeSpan FutureMax { get; init; } = TimeSpan.FromHours(1);
    public string? MetricsTokenFile { get; init; }

    public static BuckOptions Read(ConfigSection section) => new()
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
        DiskReserveBytes = section.Size("disk_reserve", 1L << 30),
        FutureMax = section.Duration("future_max", TimeSpan.FromHours(1), TimeSpan.FromSeconds(1)),
        MetricsTokenFile = section.PathOrNull("metrics_token_file"),
    };

    private static TimeSpan ReadBucketTime(ConfigSection section)
    {
        TimeSpan width = section.Duration("bucket_time", TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        if (width.Ticks % TimeSpan.TicksPerSecond != 0)
            section.Error("bucket_time", "'bucket_time' must be whole seconds");
        return width;
    }
}
