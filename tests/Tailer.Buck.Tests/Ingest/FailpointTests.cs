using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Testing;
using Tailer.Wire;

namespace Tailer.Buck.Tests;

/// <summary>A real buck that ends as by kill -9 at each step between receiving and acknowledging.</summary>
public sealed class FailpointTests
{
    private const int PacketCount = 6;

    public static TheoryData<string, bool> Steps
    {
        get
        {
            var steps = new TheoryData<string, bool>();
            foreach (string name in Failpoint.Names)
            {
                steps.Add(name, true);
                if (name is not ("syncing" or "synced"))
                    steps.Add(name, false);
            }
            return steps;
        }
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task What_was_acknowledged_is_there_after_a_kill_at_each_step_and_the_rest_can_be_sent_again(string step, bool synced)
    {
        await using Cluster cluster = Cluster.Create(new ClusterOptions { Paths = ["/nowhere"], Bucks = 1, BucketTime = "60s", DiskReserve = "0" });
        var packets = new Packets("agent");
        ulong now = Packets.Now;
        Packet[] made = [.. Enumerable.Range(0, PacketCount).Select(i => packets.Make([$"line {i} {new string('x', 400)}"], now))];
        AppendOptions options = synced ? AppendOptions.FsyncBeforeAck : AppendOptions.None;

        var acknowledged = new HashSet<PacketId>();
        await using (TailerProcess buck = Start(cluster, step))
        {
            await buck.Line("listens on");
            await using (BuckConnection agent = await ConnectAsync(cluster))
            {
                foreach (Packet packet in made)
                {
                    AppendResult result = await agent.AppendAsync(new Append(packet.Id, 0, 2, options, packet.Frame)).WaitAsync(TimeSpan.FromSeconds(30));
                    if (result.Outcome == AppendOutcome.Stored)
                        acknowledged.Add(packet.Id);
                }
            }
            Assert.Equal(128 + 9, await buck.Exit(TimeSpan.FromSeconds(30)));
        }
        Assert.InRange(acknowledged.Count, 1, PacketCount - 1);

        await using TailerProcess again = Start(cluster, null);
        await again.Line("listens on");
        Assert.Subset(Stored(cluster.BuckData(0)), acknowledged);
        await using BuckConnection back = await ConnectAsync(cluster);
        foreach (Packet packet in made)
        {
            AppendOutcome outcome = (await back.AppendAsync(new Append(packet.Id, 0, 2, options, packet.Frame)).WaitAsync(TimeSpan.FromSeconds(30))).Outcome;
            Assert.True(outcome == AppendOutcome.HadIt || (outcome == AppendOutcome.Stored && !acknowledged.Contains(packet.Id)), $"{outcome}");
        }
        Assert.Equal(made.Select(packet => packet.Id).ToHashSet(), Stored(cluster.BuckData(0)));
    }

    [Fact]
    public async Task Nothing_dies_unless_both_variables_say_so()
    {
        await using Cluster cluster = Cluster.Create(new ClusterOptions { Paths = ["/nowhere"], Bucks = 1, DiskReserve = "0" });
        await using TailerProcess buck = TailerProcess.Start("tailer-buck", ["--config", cluster.Bucks[0].Config], new Dictionary<string, string?> { [Failpoint.Variable] = "received" });
        await buck.Line("listens on");
        await using BuckConnection agent = await ConnectAsync(cluster);
        Packet packet = new Packets("agent").Make(["a line"]);

        Assert.Equal(AppendOutcome.Stored, (await TestBuck.AppendAsync(agent, packet)).Outcome);
    }

    /// <summary>Each thread that watches sockets has several of these connections; were the packet stored there, they would hang with it.</summary>
    [Fact]
    public async Task A_packet_that_hangs_on_its_way_to_the_disk_holds_up_no_other_connection()
    {
        const int connections = 16;
        await using Cluster cluster = Cluster.Create(new ClusterOptions { Paths = ["/nowhere"], Bucks = 1, DiskReserve = "0" });
        await using TailerProcess buck = Start(cluster, $"received:{connections + 1}:hang");
        await buck.Line("listens on");
        var agents = new List<BuckConnection>();
        var packets = new Packets("agent");
        for (int i = 0; i < connections; i++)
        {
            agents.Add(await ConnectAsync(cluster));
            Assert.Equal(AppendOutcome.Stored, (await TestBuck.AppendAsync(agents[i], packets.Make([$"first of {i}"]))).Outcome);
        }
        Packet[] made = [.. agents.Select((_, i) => packets.Make([$"second of {i}"]))];
        Task<AppendResult>[] next = [.. agents.Zip(made, (agent, packet) => agent.AppendAsync(new Append(packet.Id, 0, 2, AppendOptions.None, packet.Frame)))];
        await Wait.For(() => next.Count(task => task.IsCompleted) == connections - 1, "all but one are acknowledged");
        Assert.All(next.Where(task => task.IsCompleted), task => Assert.Equal(AppendOutcome.Stored, task.Result.Outcome));
        await buck.Kill9();
        await Task.WhenAll(next);
        foreach (BuckConnection agent in agents)
            await agent.DisposeAsync();
    }

    private static TailerProcess Start(Cluster cluster, string? step) => TailerProcess.Start("tailer-buck", ["--config", cluster.Bucks[0].Config], new Dictionary<string, string?>
    {
        [Failpoint.Variable] = step is null ? null : step.Contains(':', StringComparison.Ordinal) ? step : $"{step}:3",
        [Failpoint.ConsentVariable] = Failpoint.Consent,
    });

    private static async Task<BuckConnection> ConnectAsync(Cluster cluster) =>
        (await BuckConnection.ConnectAsync(cluster.BuckAddress(0), CredentialFile.Load(cluster.CredentialPath("agent")))).Connection!;

    /// <summary>Ids of the whole records; each must be there once, and nothing may be damaged.</summary>
    private static HashSet<PacketId> Stored(string data)
    {
        var ids = new HashSet<PacketId>();
        foreach (string path in Directory.GetFiles(data, "*.b", SearchOption.AllDirectories))
        {
            using IDiskFile file = SystemDisk.Instance.OpenRead(path)!;
            using var reader = new BucketFileReader(file);
            while (reader.TryReadNext())
                Assert.True(ids.Add(Packet.IdOf(reader.Body.Span)), "a packet is there twice");
            Assert.Empty(reader.Damage);
        }
        return ids;
    }
}
