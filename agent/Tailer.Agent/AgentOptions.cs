using Tailer.Blocks;
using Tailer.Hosting;

namespace Tailer.Agent;

/// <summary>agent.yaml; docs/operating.md describes its keys.</summary>
internal sealed record AgentOptions
{
    public required string Environment { get; init; }
    public required string CredentialPath { get; init; }
    public required string State { get; init; }
    public required string Host { get; init; }
    public required IReadOnlyList<(string Name, NetworkAddress Address, string Zone)> Bucks { get; init; }
    public TimeSpan BucketTime { get; init; } = TimeSpan.FromMinutes(1);
    public long SpoolBytesMax { get; init; } = 1L << 30;
    public TimeSpan SpoolAgeMax { get; init; } = TimeSpan.FromHours(48);
    public bool SpoolSyncPackets { get; init; }
    public TimeSpan AckTimeout { get; init; } = TimeSpan.FromSeconds(5);
    public bool UseInotify { get; init; } = true;
    public ReadOptions Reading { get; init; } = new();
    public required IReadOnlyList<FileSet> Sources { get; init; }

    /// <summary>Null: nothing listens.</summary>
    public MetricsOptions? Metrics { get; init; }

    public static AgentOptions Read(ConfigSection section)
    {
        var defaults = new ReadOptions();
        var bucks = section.List("bucks", b => (b.Text("name"), b.Address("address"), b.Text("zone", "")), required: true);
        foreach (IGrouping<string, (string Name, NetworkAddress, string)> same in bucks.GroupBy(b => b.Item1).Where(g => g.Count() > 1))
            section.Error("bucks", $"two bucks are named '{same.Key}'; each needs a name of its own");
        (long spoolBytesMax, TimeSpan spoolAgeMax, bool syncPackets) = section.Section("spool", s => (
            s.Size("max_bytes", 1L << 30, 1 << 20),
            s.Duration("max_age", TimeSpan.FromHours(48)),
            s.Choice("fsync", false, ("interval", false), ("packet", true))));
        string state = section.Path("state");
        return new AgentOptions
        {
            Environment = section.Text("environment"),
            CredentialPath = section.Path("credential"),
            State = state,
            Host = ReadHost(section),
            Bucks = bucks,
            BucketTime = ReadBucketTime(section),
            SpoolBytesMax = spoolBytesMax,
            SpoolAgeMax = spoolAgeMax,
            SpoolSyncPackets = syncPackets,
            AckTimeout = section.Duration("ack_timeout", TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5)),
            UseInotify = section.Bool("inotify", true),
            Reading = new ReadOptions
            {
                PollInterval = section.Duration("poll_interval", defaults.PollInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
                WatchedInterval = section.Duration("scan_interval", defaults.WatchedInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
                FlushDelay = section.Duration("flush_delay", defaults.FlushDelay, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1)),
                PartialDelay = section.Duration("partial_delay", defaults.PartialDelay, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
                RotateGrace = section.Duration("rotate_grace", defaults.RotateGrace, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
                HandlesMax = section.Number("handles_max", defaults.HandlesMax, 16, 1_000_000),
                HeldBytesMax = section.Size("held_bytes_max", defaults.HeldBytesMax, 1 << 20, 1L << 50),
            },
            Metrics = section.SectionOrNull("metrics", MetricsOptions.Read),
            Sources = section.List("sources", s => ReadSet(s, bucks.Count, state), required: true),
        };
    }

    private static FileSet ReadSet(ConfigSection section, int bucks, string state)
    {
        int copies = section.Number("copies", 2, 1, Limits.CopiesMax);
        return new FileSet
        {
            Include = Globs(section, "paths", section.Paths("paths", required: true)),
            // A pattern without a slash is about names in any directory.
            Exclude = [.. Globs(section, "exclude", section.Texts("exclude")), .. OwnFiles(state)],
            App = section.TextOrNull("app"),
            View = section.Choice<SourceView?>("view", SourceView.Utf8, ("utf8", SourceView.Utf8), ("utf16le", SourceView.Utf16Le), ("utf16be", SourceView.Utf16Be), ("docker", SourceView.DockerJson), ("cri", SourceView.Cri), ("auto", null)),
            Records = RuleConfig.ReadRecords(section),
            Rules = RuleConfig.Read(section),
            Tags = RuleConfig.ReadTags(section),
            FromEnd = section.Choice("start", false, ("beginning", false), ("end", true)),
            Parse = new ParseOptions
            {
                Zone = section.Zone("zone", TimeZoneInfo.Local),
                MaxFuture = section.Duration("max_future", TimeSpan.FromDays(1)),
                HostFromLine = section.Choice("host", false, ("own", false), ("line", true)),
            },
            Delivery = new DeliverySettings(
                Math.Min(copies, Math.Max(1, bucks)),
                section.Choice("fsync", false, ("interval", false), ("ack", true)),
                section.Choice("boundary_copy", BoundaryCopy.Unacked, ("unacked", BoundaryCopy.Unacked), ("whole", BoundaryCopy.Whole), ("off", BoundaryCopy.Off))),
        };
    }

    /// <summary>What is sent grows the spool, and following that would never end. A path with signs of a glob in it stays the operator's business.</summary>
    private static IReadOnlyList<PathGlob> OwnFiles(string state) =>
        state.StartsWith('/') && state.AsSpan().IndexOfAny("*?[{") < 0 ? PathGlob.Parse(state + "/**") : [];

    private static List<PathGlob> Globs(ConfigSection section, string key, IReadOnlyList<string> patterns)
    {
        var globs = new List<PathGlob>();
        foreach (string pattern in patterns)
        {
            try
            {
                globs.AddRange(PathGlob.Parse(pattern));
            }
            catch (FormatException e)
            {
                section.Error(key, e.Message);
            }
        }
        return globs;
    }

    private static string ReadHost(ConfigSection section)
    {
        string host = section.Text("host", System.Environment.MachineName);
        if (host.Length == 0 || System.Text.Encoding.UTF8.GetByteCount(host) > Limits.NameBytesMax)
            section.Error("host", $"'host' must be 1 to {Limits.NameBytesMax} bytes");
        return host;
    }

    private static TimeSpan ReadBucketTime(ConfigSection section)
    {
        TimeSpan width = section.Duration("bucket_time", TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        if (width.Ticks % TimeSpan.TicksPerSecond != 0)
            section.Error("bucket_time", "'bucket_time' must be whole seconds");
        return width;
    }
}
