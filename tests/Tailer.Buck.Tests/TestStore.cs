using Microsoft.Extensions.Logging.Abstractions;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Testing;

namespace Tailer.Buck.Tests;

/// <summary>A store and a feed over a real directory.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private readonly TempDirectory directory = new();

    public TestStore(long reserveBytes = 0, ulong futureMax = LogTime.PerHour)
    {
        Options = new StoreOptions { Directory = directory.Path, ReserveBytes = reserveBytes, FutureMax = futureMax };
        Store = Open();
        Feed = new LiveFeed(Store, Catalog, new CounterIntake(new CounterBook([]), new CounterJournal(SystemDisk.Instance, directory["counters"])), TimeProvider.System, NullLogger<LiveFeed>.Instance);
    }

    public StoreOptions Options { get; }

    public SourceCatalog Catalog { get; } = new();

    public BucketStore Store { get; private set; }

    public LiveFeed Feed { get; }

    public static BucketKey KeyOf(Packet packet) => BucketKey.Of(packet.Header.Bucket, packet.Header.BucketWidth);

    public StoreOutcome Append(Packet packet, bool healed = false) =>
        Store.Append(KeyOf(packet), RecordType.Packet, packet.Id, packet.Frame.Span, healed);

    public StoreOutcome AppendAndShow(Packet packet) =>
        Feed.AppendAndShow(KeyOf(packet), packet.Id, packet.Header, packet.Frame.Span, show: true);

    public string PathOf(Packet packet) => Path.Combine(Options.Directory, KeyOf(packet).RelativePath);

    /// <summary>As after kill -9: nothing is closed, nothing synced, a new store over the same files.</summary>
    public void Restart() => Store = Open();

    public List<PacketId> Stored(BucketKey key)
    {
        using IDiskFile? file = Store.OpenRead(key);
        var ids = new List<PacketId>();
        if (file is null)
            return ids;
        using var reader = new BucketFileReader(file);
        while (reader.TryReadNext())
            ids.Add(Packet.IdOf(reader.Body.Span));
        return ids;
    }

    public async ValueTask DisposeAsync()
    {
        await Feed.StopAsync(CancellationToken.None);
        Feed.Dispose();
        Store.Close();
        directory.Dispose();
    }

    private BucketStore Open() => new(SystemDisk.Instance, Options, Catalog, TimeProvider.System, NullLogger<BucketStore>.Instance);
}
