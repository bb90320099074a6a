using Microsoft.Extensions.Logging.Abstractions;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Testing;

namespace Tailer.Buck.Tests;

/// <summary>A store over several disks in memory, each of which can fail, fill up and lose its power.</summary>
internal sealed class SimulatedDisks
{
    public const string Root = "/data";

    private readonly DiskOptions[] options;

    public SimulatedDisks(int count, params int[] weights)
        : this(count, Timeout.InfiniteTimeSpan, weights)
    {
    }

    /// <summary>Disks whose calls have a time limit.</summary>
    public SimulatedDisks(int count, TimeSpan timeout, params int[] weights)
    {
        Memory = [.. Enumerable.Range(0, count).Select(_ => new MemoryDisk())];
        Faulty = [.. Memory.Select(memory => new FaultyDisk(memory))];
        options = [.. Enumerable.Range(0, count).Select(i => new DiskOptions { Path = Root, Timeout = timeout, Weight = weights.Length > i ? weights[i] : 1 })];
        foreach (MemoryDisk memory in Memory)
        {
            memory.CreateDirectory(Root);
            memory.SyncDirectory("/");
        }
        Start();
    }

    public MemoryDisk[] Memory { get; }

    public FaultyDisk[] Faulty { get; }

    public BucketStore Store { get; private set; } = null!;

    public DiskLoop[] Loops { get; private set; } = null!;

    /// <summary>Also as after kill -9: nothing is closed or synced.</summary>
    public void Start()
    {
        Store = new BucketStore(
            [.. options.Select((o, i) => new StoreDisk(Faulty[i], o, new DiskIdentity(1, $"{(i + 1) * 0x1234567:x16}{i:x16}", i, "test", "buck")))],
            new StoreOptions(), new SourceCatalog(), TimeProvider.System, NullLogger<BucketStore>.Instance);
        Loops = [.. Store.DiskFiles.Select(files => new DiskLoop(files, null, TimeSpan.FromSeconds(1), TimeProvider.System, NullLogger.Instance))];
    }

    public StoreResult Append(Packet packet, bool healed = false) =>
        Store.Append(TestStore.KeyOf(packet), RecordType.Packet, packet.Id, packet.Frame, healed);

    public ValueTask<StoreResult> AppendAsync(Packet packet) =>
        Store.AppendAsync(new NewRecord(TestStore.KeyOf(packet), RecordType.Packet, packet.Id, packet.Frame));

    public int IndexOf(StoreDisk disk) => Array.IndexOf([.. Store.Disks], disk);

    /// <summary>As the thread that watches.</summary>
    public void Watch() => Array.ForEach(Loops, loop => loop.Watch());

    /// <summary>A packet that the hash gives to this disk while all are there.</summary>
    public Packet MakeFor(Packets packets, int disk, ulong? sealedTime = null)
    {
        while (true)
        {
            Packet packet = packets.Make([$"for disk {disk}: {Guid.NewGuid()}"], sealedTime);
            if (DiskChoice.Next([.. Store.Disks], packet.Id, 0, 0) == disk)
                return packet;
        }
    }

    /// <summary>The disk fails with its next operation, as it notices at once.</summary>
    public void Fail(int disk)
    {
        Faulty[disk].Break();
        Store.DiskFiles[disk].Fail(Root, new IOException("the test says so"));
    }

    /// <summary>These operations of the disk hang from now on.</summary>
    public DiskHang Hang(int disk, params DiskOperation[] operations) => new(Faulty[disk], (operation, _) => operations.Length == 0 || operations.Contains(operation));

    public LiveFeed Feed(CounterIntake counters) => new(Store, new SourceCatalog(), counters, TimeProvider.System, NullLogger<LiveFeed>.Instance);

    /// <summary>The disk works again, and its loop has brought it back.</summary>
    public string? Return(int disk)
    {
        Faulty[disk].Repair();
        return Loops[disk].TryReturn();
    }

    /// <summary>Whole packets in the listed files, with the index of their disk.</summary>
    public List<(PacketId Id, int Disk)> Stored()
    {
        var stored = new List<(PacketId, int)>();
        foreach (BucketFile bucket in Store.Files())
        {
            using IDiskFile file = bucket.OpenRead()!;
            using var reader = new BucketFileReader(file);
            while (reader.TryReadNext())
            {
                if (Packet.IdOf(reader.Body.Span) == reader.Header.Id)
                    stored.Add((reader.Header.Id, IndexOf(bucket.Disk)));
            }
        }
        return stored;
    }
}
