using Microsoft.Extensions.Logging.Abstractions;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Testing;

namespace Tailer.Buck.Tests;

/// <summary>A store and a feed over a real directory.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private readonly TempDirectory directory = new();

    private readonly StoreOptions options;
    private readonly DiskOptions[] disks;

    public TestStore(long reserveBytes = 0, ulong futureMax = LogTime.PerHour, int diskCount = 1)
    {
        options = new StoreOptions { FutureMax = futureMax };
        disks = [.. Enumerable.Range(0, diskCount).Select(i => new DiskOptions { Path = i == 0 ? directory.Path : directory[$"disk-{i}"], ReserveBytes = reserveBytes })];
        Store = Open();
        Feed = new LiveFeed(Store, Catalog, new CounterIntake(new CounterBook([]), new CounterJournal(SystemDisk.Instance, directory["counters"])), TimeProvider.System, NullLogger<LiveFeed>.Instance);
    }

    public SourceCatalog Catalog { get; } = new();

    public BucketStore Store { get; private set; }

    public StoreDisk Disk => Store.Disks[0];

    public string Root => directory.Path;

    public LiveFeed Feed { get; }

    public static BucketKey KeyOf(Packet packet) => BucketKey.Of(packet.Header.Bucket, packet.Header.BucketWidth);

    public StoreOutcome Append(Packet packet, bool healed = false) =>
        Store.Append(KeyOf(packet), RecordType.Packet, packet.Id, packet.Frame, healed).Outcome;

    public ValueTask<StoreResult> AppendAsync(Packet packet) => Store.AppendAsync(new NewRecord(KeyOf(packet), RecordType.Packet, packet.Id, packet.Frame));

    public StoreOutcome AppendAndShow(Packet packet) => AppendAndShowAsync(packet).AsTask().GetAwaiter().GetResult().Outcome;

    public ValueTask<StoreResult> AppendAndShowAsync(Packet packet) => Feed.AppendAndShowAsync(KeyOf(packet), packet.Id, packet.Header, packet.Frame, show: true);

    public string PathOf(Packet packet) => Disk.PathOf(KeyOf(packet));

    /// <summary>As after kill -9: nothing is closed, nothing synced, a new store over the same files.</summary>
    public void Restart() => Store = Open();

    public BucketFile FileOf(BucketKey key) => new(Disk, key);

    /// <summary>On the first disk.</summary>
    public List<PacketId> Stored(BucketKey key)
    {
        using IDiskFile? file = FileOf(key).OpenRead();
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

    private BucketStore Open() => new(
        [.. disks.Select((d, i) => new StoreDisk(SystemDisk.Instance, d, new DiskIdentity(1, $"{i + 1:x16}{i + 1:x16}", i, "test", "buck-1")))],
        options, Catalog, TimeProvider.System, NullLogger<BucketStore>.Instance);
}
