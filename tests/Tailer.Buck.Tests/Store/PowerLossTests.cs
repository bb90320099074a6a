using Microsoft.Extensions.Logging.Abstractions;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Testing;

namespace Tailer.Buck.Tests;

/// <summary>The store on a simulated disk that loses its power at each of its operations.</summary>
public sealed class PowerLossTests
{
    private const string Root = "/data";
    private const int PacketCount = 6;
    private const int Minutes = 2;

    private readonly Packet[] made;

    public PowerLossTests()
    {
        var packets = new Packets();
        ulong now = LogTime.Floor(Packets.Now, LogTime.PerMinute);
        made = [.. Enumerable.Range(0, PacketCount).Select(i => packets.Make([$"line {i} {new string('x', 300)} {Guid.NewGuid()}"], now - ((ulong)(i % Minutes) * LogTime.PerMinute)))];
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_was_synced_before_its_acknowledgement_is_there_whenever_the_power_goes(int? seed)
    {
        int operations = Run(failAt: 0, seed);
        Assert.InRange(operations, 20, 500);
        for (int at = 1; at <= operations; at++)
            Run(at, seed);
    }

    /// <summary>Returns how many operations there were.</summary>
    private int Run(int failAt, int? seed)
    {
        var memory = new MemoryDisk();
        memory.CreateDirectory(Root);
        memory.SyncDirectory("/");
        var disk = new FaultyDisk(memory) { FailAt = failAt, StaysBroken = true, OnFailure = () => memory.LosePower(seed + failAt) };
        var acknowledged = new HashSet<PacketId>();
        BucketStore store = Open(disk);
        foreach (Packet packet in made)
        {
            if (Append(store, packet) is StoreOutcome.Stored or StoreOutcome.Repeat && TrySync(store))
                acknowledged.Add(packet.Id);
        }
        int operations = disk.Count;
        if (failAt == 0)
            memory.LosePower(seed);
        string where = $"operation {failAt}, seed {seed}: {string.Join("; ", disk.Operations.TakeLast(3))}";

        BucketStore again = Open(memory);
        HashSet<PacketId> there = Whole(memory, again);
        Assert.True(acknowledged.IsSubsetOf(there), $"{acknowledged.Except(there).Count()} acknowledged packets are gone; {where}");
        foreach (Packet packet in made)
        {
            StoreOutcome outcome = Append(again, packet);
            Assert.True(outcome == (there.Contains(packet.Id) ? StoreOutcome.Repeat : StoreOutcome.Stored), $"{outcome} of a packet; {where}");
        }
        again.Sync();
        memory.LosePower();
        Assert.True(made.Select(p => p.Id).ToHashSet().SetEquals(Whole(memory, Open(memory))), where);
        return operations;
    }

    private static BucketStore Open(IDisk disk) =>
        new([StoreDisk.Only(disk, Root, 0)], new StoreOptions(), new SourceCatalog(), TimeProvider.System, NullLogger<BucketStore>.Instance);

    private static StoreOutcome Append(BucketStore store, Packet packet) => store.Append(TestStore.KeyOf(packet), RecordType.Packet, packet.Id, packet.Frame).Outcome;

    private static bool TrySync(BucketStore store)
    {
        try
        {
            store.Sync();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static HashSet<PacketId> Whole(MemoryDisk disk, BucketStore store)
    {
        var whole = new HashSet<PacketId>();
        foreach (BucketFile bucket in store.Files())
        {
            using IDiskFile file = disk.OpenRead(Path.Combine(Root, bucket.Key.RelativePath))!;
            using var reader = new BucketFileReader(file);
            while (reader.TryReadNext())
            {
                if (Packet.TryRead(reader.Body.ToArray(), out _) is { } packet && packet.Id == reader.Header.Id)
                    whole.Add(packet.Id);
            }
        }
        return whole;
    }
}
