using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Hosting;
using Tailer.Testing;
using Tailer.Wire;

namespace Tailer.Buck.Tests;

/// <summary>A whole buck over several disks of the machine.</summary>
public sealed class DisksInABuckTests
{
    private readonly Packets packets = new();

    [Fact]
    public async Task A_slow_sync_of_one_disk_holds_up_only_acknowledgements_that_need_it()
    {
        using var held = new HeldSyncs();
        await using TestBuck buck = await TestBuck.StartAsync(TwoDisks, held.Disk);
        await using BuckConnection agent = await buck.ConnectAsync(Role.Agent, packets.Agent);
        StoreDisk[] disks = [.. buck.Services.GetRequiredService<BucketStore>().Disks];
        held.Hold(disks[0].Directory);

        Task<AppendResult> slow = TestBuck.AppendAsync(agent, Make(disks, 0), AppendOptions.FsyncBeforeAck);
        for (int i = 0; i < 20; i++)
            Assert.Equal(AppendOutcome.Stored, (await TestBuck.AppendAsync(agent, Make(disks, 1), AppendOptions.FsyncBeforeAck)).Outcome);

        Assert.False(slow.IsCompleted);
        held.Release();
        Assert.Equal(AppendOutcome.Stored, (await slow).Outcome);
    }

    [Fact]
    public async Task Above_the_bound_a_connection_is_not_read_until_its_acknowledgement_has_left()
    {
        using var held = new HeldSyncs();
        await using TestBuck buck = await TestBuck.StartAsync(o => o with { DiskTimeout = TimeSpan.FromMinutes(5) }, held.Disk);
        await using BuckConnection agent = await buck.ConnectAsync(Role.Agent, packets.Agent);
        await using BuckConnection other = await buck.ConnectAsync(Role.Agent, packets.Agent);
        AckWaits waits = buck.Services.GetRequiredService<AckWaits>();
        held.Hold(buck.Data);

        Task<AppendResult>[] sent = [.. Enumerable.Range(0, AckWaits.ConnectionMax + 40).Select(i => TestBuck.AppendAsync(agent, packets.Make([$"line {i}"]), AppendOptions.FsyncBeforeAck))];
        await Wait.For(() => waits.Count == AckWaits.ConnectionMax + 1, "as many wait as may, and the connection with one more");
        Task<AppendResult> ofOther = TestBuck.AppendAsync(other, packets.Make(["of the other connection"]), AppendOptions.FsyncBeforeAck);
        await Wait.For(() => waits.Count == AckWaits.ConnectionMax + 2, "another connection is read");

        Assert.Equal(AckWaits.ConnectionMax + 1, Stored(buck.Data) - 1);
        held.Release();
        Assert.All(await Task.WhenAll(sent), result => Assert.Equal(AppendOutcome.Stored, result.Outcome));
        Assert.Equal(AppendOutcome.Stored, (await ofOther).Outcome);
        await Wait.For(() => waits.Count == 0, "nothing waits any more");
    }

    [Fact]
    public async Task Files_are_listed_read_and_pruned_by_the_number_of_their_disk_also_when_the_list_is_in_another_order()
    {
        await using TestBuck buck = await TestBuck.StartAsync(TwoDisks);
        ulong bucket = Packets.Now - (10 * LogTime.PerMinute);
        Packet[] made = [.. Enumerable.Range(0, 40).Select(i => packets.Make([$"line {i}"], bucket))];
        await using (BuckConnection agent = await buck.ConnectAsync(Role.Agent, packets.Agent))
        {
            foreach (Packet packet in made)
                await TestBuck.AppendAsync(agent, packet);
        }
        await buck.StopAsync();
        await using TestBuck again = await buck.StartAgainAsync(o => TwoDisks(o) with { Disks = [.. TwoDisks(o).Disks.Reverse()] });
        await using BuckConnection porter = await again.ConnectAsync(Role.Porter, "porter");

        Buckets one = await porter.ListBucketsAsync(new ListBuckets(0, ulong.MaxValue, 1));
        Assert.Equal([0, 1], one.Files.Select(file => file.File.Disk));
        Assert.False(one.Truncated);
        var ids = new HashSet<PacketId>();
        foreach (BucketListing listed in one.Files)
        {
            RecordList records = await porter.ListAsync(new ListRecords(listed.File, 0, 1 << 20));
            Assert.Equal(listed.Records, records.Records.Count);
            Assert.All(records.Records, record => Assert.True(ids.Add(record.Id)));
            Assert.Equal(listed.File.Disk == 0 ? again.Data : again.DiskPath("second"), FileOf(again, records.Records[0].Id));
            Assert.Equal(PruneOutcome.Pruned, await porter.PruneAsync(new Prune(listed.File, listed.FileBytes, listed.IdsHash)));
        }
        Assert.Equal(made.Select(packet => packet.Id).ToHashSet(), ids);
        Assert.Empty((await porter.ListBucketsAsync(new ListBuckets(0, ulong.MaxValue, 10))).Files);
    }

    [Fact]
    public async Task Status_and_metrics_say_how_each_disk_is()
    {
        await using TestBuck buck = await TestBuck.StartAsync(o => TwoDisks(o) with
        {
            Disks = [.. TwoDisks(o).Disks, new DiskOptions { Path = Path.Combine(Path.GetDirectoryName(o.Data)!, "third"), Weight = 7, Drain = true }],
        });
        BucketStore store = buck.Services.GetRequiredService<BucketStore>();
        store.DiskFiles[1].Fail("a file", new IOException("it is broken"));
        using HttpClient client = buck.Client();

        using JsonDocument status = JsonDocument.Parse(await client.GetStringAsync("/status"));
        JsonElement[] disks = [.. status.RootElement.GetProperty("disks").EnumerateArray()];
        Assert.Equal(["ok", "aside", "draining"], disks.Select(disk => disk.GetProperty("state").GetString()));
        Assert.Equal("a file: it is broken", disks[1].GetProperty("trouble").GetString());
        Assert.Equal([1, 1, 7], disks.Select(disk => disk.GetProperty("weight").GetInt32()));
        string metrics = await client.GetStringAsync("/metrics");
        Assert.Contains($"tailer_buck_disk_failures_total{{disk=\"{buck.DiskPath("second")}\"}} 1", metrics, StringComparison.Ordinal);
        Assert.Contains($"tailer_buck_disk_usable{{disk=\"{buck.Data}\"}} 1", metrics, StringComparison.Ordinal);
        Assert.Equal("ready\n", await client.GetStringAsync("/readyz"));
        await Wait.For(() => store.Disks[1].IsThere, "its loop has brought the disk back");
        Assert.True(store.Disks[1].Reserve.FreeBytes > 0);
    }

    [Fact]
    public async Task A_buck_starts_with_the_disks_there_are_and_takes_one_that_is_mounted_later()
    {
        await using TestBuck buck = await TestBuck.StartAsync(TwoDisks);
        await buck.StopAsync();
        Directory.Move(buck.DiskPath("second"), buck.DiskPath("unmounted"));

        await using TestBuck again = await buck.StartAgainAsync(TwoDisks);
        BucketStore store = again.Services.GetRequiredService<BucketStore>();
        Assert.Equal([true, false], store.Disks.Select(disk => disk.IsThere));
        Assert.Contains("Mount the disk", store.Disks[1].Trouble, StringComparison.Ordinal);
        Directory.Move(buck.DiskPath("unmounted"), buck.DiskPath("second"));
        await Wait.For(() => store.Disks[1].IsThere, "the disk is there");
        Assert.Equal(1, store.Disks[1].Number);
    }

    [Fact]
    public async Task A_buck_without_any_usable_disk_does_not_start_and_says_what_is_wrong_with_each()
    {
        await using TestBuck buck = await TestBuck.StartAsync(TwoDisks);
        await buck.StopAsync();
        foreach (string path in new[] { buck.Data, buck.DiskPath("second") })
            File.Delete(Path.Combine(path, DiskIdentity.FileName));

        FatalException e = await Assert.ThrowsAsync<FatalException>(() => buck.StartAgainAsync(TwoDisks));
        Assert.Contains($"{buck.Data} is set aside", e.Message, StringComparison.Ordinal);
        Assert.Contains($"{buck.DiskPath("second")} is set aside", e.Message, StringComparison.Ordinal);
    }

    internal static BuckOptions TwoDisks(BuckOptions options) => options with
    {
        // A test may hold a sync for as long as a busy machine takes.
        DiskTimeout = TimeSpan.FromMinutes(5),
        Disks = [new DiskOptions { Path = options.Data }, new DiskOptions { Path = Path.Combine(Path.GetDirectoryName(options.Data)!, "second") }],
    };

    private Packet Make(StoreDisk[] disks, int disk) => Make(packets, disks, disk);

    internal static Packet Make(Packets packets, StoreDisk[] disks, int disk)
    {
        while (true)
        {
            Packet packet = packets.Make([Guid.NewGuid().ToString()]);
            if (DiskChoice.Next(disks, packet.Id, 0, 0) == disk)
                return packet;
        }
    }

    private static int Stored(string directory) => Records(directory).Count();

    /// <summary>The disk on which a packet is.</summary>
    private static string FileOf(TestBuck buck, PacketId id) =>
        new[] { buck.Data, buck.DiskPath("second") }.Single(path => Records(path).Contains(id));

    private static IEnumerable<PacketId> Records(string directory)
    {
        foreach (string path in Directory.GetFiles(directory, "*.b", SearchOption.AllDirectories))
        {
            using IDiskFile file = SystemDisk.Instance.OpenRead(path)!;
            foreach (RecordPlace place in BucketWalk.Places(file, out _))
                yield return place.Id;
        }
    }

    /// <summary>The machine's disks, whose syncs below a directory wait while they are held.</summary>
    private sealed class HeldSyncs : IDisposable
    {
        private readonly ManualResetEventSlim free = new(true);
        private volatile string? held;

        public HeldSyncs() => Disk = new HoldingDisk(path =>
        {
            if (held is { } below && path.StartsWith(below + "/", StringComparison.Ordinal))
                free.Wait();
        });

        public IDisk Disk { get; }

        public void Hold(string directory)
        {
            free.Reset();
            held = directory;
        }

        public void Release()
        {
            held = null;
            free.Set();
        }

        public void Dispose()
        {
            Release();
            free.Dispose();
        }
    }
}
