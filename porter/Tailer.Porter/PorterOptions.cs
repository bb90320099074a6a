using Tailer.Blocks;
using Tailer.Hosting;

namespace Tailer.Porter;

/// <summary>porter.yaml; docs/operating.md lists the keys for operators.</summary>
internal sealed record PorterOptions
{
    public required string Environment { get; init; }
    public required string CredentialPath { get; init; }
    public required string StatePath { get; init; }
    public required IReadOnlyList<BuckAddress> Bucks { get; init; }

    /// <summary>Width of a bucket; the same in all parts of an environment.</summary>
    public TimeSpan BucketTime { get; init; } = TimeSpan.FromMinutes(1);
    public TimeSpan Span { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How old the end of a span is before it is sealed.</summary>
    public TimeSpan ArchiveAfter { get; init; } = TimeSpan.FromHours(48);

    /// <summary>How much longer an incomplete span waits before it is sealed with its gaps.</summary>
    public TimeSpan ArchiveMaxDelay { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Time between the verification of what was archived and its removal from the bucks.</summary>
    public TimeSpan PruneGrace { get; init; } = TimeSpan.FromHours(1);
    public required string RecentPath { get; init; }
    public TimeSpan RecentRetention { get; init; } = TimeSpan.FromDays(14);
    public required string ArchivePath { get; init; }
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);

    public ulong BucketWidth => LogTime.FromTimeSpan(BucketTime);

    public ulong SpanWidth => LogTime.FromTimeSpan(Span);

    public static PorterOptions Read(ConfigSection section)
    {
        (string recentPath, TimeSpan retention) = section.Section(
            "recent", recent => (recent.Path("path"), recent.Duration("retention", TimeSpan.FromDays(14), TimeSpan.FromSeconds(1))));
        PorterOptions options = new()
        {
            Environment = section.Text("environment"),
            CredentialPath = section.Path("credential"),
            StatePath = section.Path("state"),
            Bucks = section.List("bucks", buck => new BuckAddress(buck.Text("name"), buck.Address("address")), required: true),
            BucketTime = section.Duration("bucket_time", TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            Span = section.Duration("span", TimeSpan.FromHours(1), TimeSpan.FromSeconds(1), TimeSpan.FromHours(24)),
            ArchiveAfter = section.Duration("archive_after", TimeSpan.FromHours(48)),
            ArchiveMaxDelay = section.Duration("archive_max_delay", TimeSpan.FromHours(24)),
            PruneGrace = section.Duration("prune_grace", TimeSpan.FromHours(1)),
            RecentPath = recentPath,
            RecentRetention = retention,
            ArchivePath = section.Section("archive", archive => archive.Path("path")),
            PollInterval = section.Duration("poll_interval", TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(50)),
        };
        if (options.BucketTime.Ticks % TimeSpan.TicksPerSecond != 0)
            section.Error("bucket_time", "'bucket_time' must be whole seconds");
        else if (options.Span.Ticks % options.BucketTime.Ticks != 0 || TimeSpan.TicksPerDay % options.Span.Ticks != 0)
            section.Error("span", "'span' must be a multiple of 'bucket_time' that divides a day");
        if (options.Bucks.DistinctBy(buck => buck.Name, StringComparer.Ordinal).Count() < options.Bucks.Count)
            section.Error("bucks", "'bucks' names one buck twice");
        return options;
    }
}
