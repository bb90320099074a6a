using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Testing;
using Tailer.Wire;

namespace Tailer.Buck.Tests;

/// <summary>A whole buck on disks of which one hangs.</summary>
public sealed class HangingDiskInABuckTests
{
    private readonly Packets packets = new();

    [Fact]
    public async Task With_one_of_two_disks_hanging_its_packets_are_answered_and_all_goes_on_until_it_is_back()
    {
        var disk = new FaultyDisk(SystemDisk.Instance);
        await using TestBuck buck = await TestBuck.StartAsync(o => DisksInABuckTests.TwoDisks(o) with { DiskTimeout = TimeSpan.FromMilliseconds(500) }, disk);
        await using BuckConnection first = await buck.ConnectAsync(Role.Agent, packets.Agent);
        await using BuckConnection second = await buck.ConnectAsync(Role.Agent, packets.Agent);
        await using BuckConnection porter = await buck.ConnectAsync(Role.Porter, "porter");
        StoreDisk[] disks = [.. buck.Services.GetRequiredService<BucketStore>().Disks];
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 20).Select(i => TestBuck.AppendAsync(first, packets.Make([$"before {i}"])))), result => Assert.Equal(AppendOutcome.Stored, result.Outcome));
        string below = buck.DiskPath("second") + "/";
        using var hang = new DiskHang(disk, (operation, path) => path.StartsWith(below, StringComparison.Ordinal) && operation == DiskOperation.Write);

        // The one whose write hangs is told, and its connection closed; all others are stored.
        Task<AppendResult> stuck = TestBuck.AppendAsync(first, DisksInABuckTests.Make(packets, disks, 1));
        await Wait.For(() => hang.Hanging == 1, "the write hangs");
        AppendResult[] others = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => TestBuck.AppendAsync(second, packets.Make([$"meanwhile {i}"]))));
        Assert.All(others, result => Assert.Equal(AppendOutcome.Stored, result.Outcome));
        AppendResult told = await stuck;
        Assert.Equal((AppendOutcome.Refused, NackReason.DiskError), (told.Outcome, told.Reason));
        Assert.Contains("takes longer than 0.5 s", told.Text, StringComparison.Ordinal);

        using HttpClient client = buck.Client();
        Assert.Equal("ready\n", await client.GetStringAsync("/readyz"));
        Assert.Contains($"tailer_buck_disk_hanging{{disk=\"{buck.DiskPath("second")}\"}}", await client.GetStringAsync("/metrics"), StringComparison.Ordinal);
        Assert.All((await porter.ListBucketsAsync(new ListBuckets(0, ulong.MaxValue, 10))).Files, file => Assert.Equal(0, file.File.Disk));
        hang.Release();
        await Wait.For(() => disks[1].IsThere, "the disk is back");
        await using BuckConnection again = await buck.ConnectAsync(Role.Agent, packets.Agent);
        Assert.Equal(AppendOutcome.Stored, (await TestBuck.AppendAsync(again, DisksInABuckTests.Make(packets, disks, 1))).Outcome);
        Assert.Equal([0, 1], (await porter.ListBucketsAsync(new ListBuckets(0, ulong.MaxValue, 10))).Files.Select(file => file.File.Disk).Distinct().Order());
    }

    [Fact]
    public async Task With_the_only_disk_hanging_packets_are_refused_readyz_says_why_readers_get_an_error_and_it_comes_back_by_itself()
    {
        var disk = new FaultyDisk(SystemDisk.Instance);
        await using TestBuck buck = await TestBuck.StartAsync(o => o with { DiskTimeout = TimeSpan.FromMilliseconds(500) }, disk);
        await using BuckConnection first = await buck.ConnectAsync(Role.Agent, packets.Agent);
        await using BuckConnection second = await buck.ConnectAsync(Role.Agent, packets.Agent);
        await using BuckConnection porter = await buck.ConnectAsync(Role.Porter, "porter");
        Packet before = packets.Make(["before"]);
        Assert.Equal(AppendOutcome.Stored, (await TestBuck.AppendAsync(first, before)).Outcome);
        BucketListing listed = Assert.Single((await porter.ListBucketsAsync(new ListBuckets(0, ulong.MaxValue, 10))).Files);
        StoreDisk only = buck.Services.GetRequiredService<BucketStore>().Disks[0];
        // The reader is the first: one who comes when the disk is aside is told that there is no such file.
        bool isWriting = false;
        using var hang = new DiskHang(disk, (operation, path) =>
        {
            if (!path.StartsWith(buck.Data, StringComparison.Ordinal) || operation is DiskOperation.Sync or DiskOperation.SyncDirectory)
                return false;
            if (operation == DiskOperation.Write)
                Volatile.Write(ref isWriting, true);
            return true;
        });

        Task<RecordList> reading = porter.ListAsync(new ListRecords(listed.File, 0, 1 << 20));
        await Wait.For(() => hang.Met > 0, "something hangs");
        Task<AppendResult> stuck = TestBuck.AppendAsync(first, packets.Make(["stuck"]));
        // The connection of the packet in the disk's hands is closed behind its answer; those of packets that wait for their turn are not.
        await Wait.For(() => Volatile.Read(ref isWriting) || stuck.IsCompleted, "the packet's write hangs, or the disk is aside");
        AppendResult[] results = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => TestBuck.AppendAsync(second, packets.Make([$"{i}"]))).Append(stuck));
        Assert.All(results, result => Assert.Equal((AppendOutcome.Refused, NackReason.DiskError), (result.Outcome, result.Reason)));
        Assert.Contains("takes longer than", (await Assert.ThrowsAsync<WireException>(() => reading.WaitAsync(TimeSpan.FromSeconds(30)))).Message, StringComparison.Ordinal);
        using HttpClient client = buck.Client();
        using HttpResponseMessage ready = await client.GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("takes longer than 0.5 s", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.InRange(only.Calls.Hanging, 1, DiskCalls.ThreadsMax + 2);

        hang.Release();
        await Wait.For(() => only.IsThere, "the disk is back");
        Assert.Equal("ready\n", await client.GetStringAsync("/readyz"));
        await using BuckConnection again = await buck.ConnectAsync(Role.Agent, packets.Agent);
        Assert.Equal(AppendOutcome.Stored, (await TestBuck.AppendAsync(again, packets.Make(["after"]))).Outcome);
        Assert.Equal(AppendOutcome.HadIt, (await TestBuck.AppendAsync(again, before)).Outcome);
    }

    /// <summary>A real process, whose thread hangs for good.</summary>
    [Fact]
    public async Task A_real_buck_goes_on_with_a_write_that_never_comes_back()
    {
        await using Cluster cluster = Cluster.Create(new ClusterOptions { Paths = ["/nowhere"], Bucks = 1, DiskReserve = "0" });
        string second = Path.Combine(Path.GetDirectoryName(cluster.BuckData(0))!, "second-disk");
        await File.AppendAllTextAsync(cluster.Bucks[0].Config, $"\ndisk_timeout: 500ms\ndisks:\n  - path: {cluster.BuckData(0)}\n  - path: {second}\n");
        await using TailerProcess buck = TailerProcess.Start("tailer-buck", ["--config", cluster.Bucks[0].Config], new Dictionary<string, string?>
        {
            [Failpoint.Variable] = "writing:5:hang",
            [Failpoint.ConsentVariable] = Failpoint.Consent,
        });
        await buck.Line("listens on");
        CredentialFile credential = CredentialFile.Load(cluster.CredentialPath("agent"));
        var agent = new Packets("agent");
        var outcomes = new List<AppendResult>();
        for (int i = 0; i < 30; i++)
        {
            // As an agent does whose connection was closed.
            await using BuckConnection connection = (await BuckConnection.ConnectAsync(cluster.BuckAddress(0), credential)).Connection!;
            outcomes.Add(await TestBuck.AppendAsync(connection, agent.Make([$"line {i}"])));
        }

        AppendResult refused = Assert.Single(outcomes, result => result.Outcome != AppendOutcome.Stored);
        Assert.Equal((AppendOutcome.Refused, NackReason.DiskError), (refused.Outcome, refused.Reason));
        await buck.Line("failed and is set aside");
        await buck.Kill9();
    }
}
