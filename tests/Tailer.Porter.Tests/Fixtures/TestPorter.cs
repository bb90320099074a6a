using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Stores;

namespace Tailer.Porter.Tests;

/// <summary>A porter without its loops: the tests run its rounds. Making another one over the same directory is a restart.</summary>
internal sealed class TestPorter : IDisposable
{
    private readonly IDisk disk;
    private readonly string sealing;
    private readonly PorterMetrics metrics = new();
    private readonly RecentRound recent;
    private readonly ArchiveRound archiveRound;
    private RecentShelf? shelf;

    public TestPorter(string folder, IReadOnlyList<IBuck> bucks, FakeTimeProvider clock, IDisk? over = null, PorterOptions? options = null, long partBytes = MergePart.BytesMax, string recent = "recent")
    {
        disk = over ?? DyingDisk.Immortal;
        Options = (options ?? DefaultOptions(folder)) with { RecentPath = Path.Combine(folder, recent) };
        sealing = Path.Combine(folder, "sealing");
        Archive = new DirectoryArchive(disk, Options.ArchivePath, clock);
        Fleet = new BuckFleet(bucks, Log<BuckFleet>());
        Catalog = new ArchiveCatalog(Archive, Options.Environment, Log<ArchiveCatalog>());
        var bodies = new RecordBodies(metrics, Log<RecordBodies>());
        var packets = new PacketMerge(bodies, metrics, Log<PacketMerge>());
        var manifests = new ManifestBodies(bodies, Log<ManifestBodies>());
        var agents = new AgentBook();
        var want = new PacketWant(Fleet, metrics);
        var put = new SegmentPut(disk, sealing, Archive, Catalog, Options.Environment, metrics, Log<SegmentPut>());
        var parts = new PartSealer(Options.Environment, Catalog, new EarlierSegments(Catalog), put, packets, want, metrics, Log<PartSealer>()) { PartBytesMax = partBytes };
        var sealer = new SpanSealer(Options, Catalog, put, parts, packets, manifests, agents, want, clock, Log<SpanSealer>());
        this.recent = new RecentRound(Options, packets, manifests, agents, Progress, metrics, clock, Log<RecentRound>());
        archiveRound = new ArchiveRound(Options, Catalog, sealer, new BucketPruner(Options, Progress, metrics, Log<BucketPruner>()), Progress, clock);
        Sweeper = new Sweeper(disk, sealing, Archive, metrics, clock, Log<Sweeper>());
    }

    public PorterOptions Options { get; }

    public PorterProgress Progress { get; } = new();

    public BuckFleet Fleet { get; }

    public DirectoryArchive Archive { get; }

    public ArchiveCatalog Catalog { get; }

    public Sweeper Sweeper { get; }

    public static PorterOptions DefaultOptions(string folder) => new()
    {
        Environment = "test",
        CredentialPath = "",
        StatePath = Path.Combine(folder, "state"),
        Bucks = [],
        BucketTime = TimeSpan.FromSeconds(TestTimes.BucketSeconds),
        Span = TimeSpan.FromMinutes(1),
        ArchiveAfter = TimeSpan.FromMinutes(1),
        ArchiveMaxDelay = TimeSpan.FromMinutes(10),
        PruneGrace = TimeSpan.FromSeconds(30),
        RecentPath = Path.Combine(folder, "recent"),
        RecentRetention = TimeSpan.FromDays(1),
        ArchivePath = Path.Combine(folder, "archive"),
    };

    /// <summary>One pass of everything.</summary>
    public async Task RunAsync()
    {
        FleetListing listing = await Fleet.ListAsync(CancellationToken.None);
        await RecentAsync(listing);
        await ArchiveAsync(listing);
    }

    public async Task RecentAsync(FleetListing? listing = null)
    {
        listing ??= await Fleet.ListAsync(CancellationToken.None);
        shelf ??= new RecentShelf(LocalEventIndexWriter.Open(disk, Options.RecentPath), disk, Log<RecentShelf>());
        await recent.RunAsync(listing, shelf, CancellationToken.None);
    }

    public async Task ArchiveAsync(FleetListing? listing = null)
    {
        Sweeper.SweepState();
        await archiveRound.RunAsync(listing ?? await Fleet.ListAsync(CancellationToken.None), CancellationToken.None);
    }

    /// <summary>Lets time pass from step to step, with a pass at each.</summary>
    public async Task RunForAsync(FakeTimeProvider clock, double seconds, double step = 10)
    {
        for (double passed = 0; passed < seconds; passed += step)
        {
            clock.Advance(TimeSpan.FromSeconds(step));
            await RunAsync();
        }
    }

    public ulong Watermark => shelf!.Watermark;

    /// <summary>The events of recent.</summary>
    public IReadOnlyList<StoredEvent> Recent()
    {
        using var index = new LocalEventIndex(SystemDisk.Instance, Options.RecentPath);
        return [.. index.Catalog.Segments.SelectMany(segment => StoredEvent.Read(Path.Combine(Options.RecentPath, segment.Name)))];
    }

    /// <summary>Names of the archive's objects.</summary>
    public IReadOnlyList<string> Objects() => [.. Archive.ListAsync("").Result.Select(found => found.Name)];

    public SegmentFooter Footer(string name)
    {
        using SegmentReader reader = SegmentReader.TryOpen(SystemDisk.Instance.OpenRead(PathOf(name))!, out _)!;
        return reader.Footer;
    }

    public IEnumerable<SegmentFooter> Footers() => Objects().Select(Footer);

    public string PathOf(string name) => Path.Combine(Options.ArchivePath, name);

    public IReadOnlyList<StoredEvent> Archived() => [.. Objects().SelectMany(name => StoredEvent.Read(PathOf(name)))];

    public void Dispose()
    {
        shelf?.Dispose();
        metrics.Dispose();
    }

    private static NullLogger<T> Log<T>() => NullLogger<T>.Instance;
}
