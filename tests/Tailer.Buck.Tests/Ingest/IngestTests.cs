using Tailer.Blocks;
using Tailer.Wire;

namespace Tailer.Buck.Tests;

public sealed class IngestTests
{
    private readonly Packets packets = new();

    [Fact]
    public async Task Packets_are_acknowledged_and_repeats_recognised_also_after_a_restart()
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        Packet packet = packets.Make(["one", "two"]);
        await using (BuckConnection agent = await buck.ConnectAsync(Role.Agent, packets.Agent))
        {
            Assert.Equal(AppendOutcome.Stored, (await TestBuck.AppendAsync(agent, packet)).Outcome);
            Assert.Equal(AppendOutcome.HadIt, (await TestBuck.AppendAsync(agent, packet)).Outcome);
        }
        await buck.StopAsync();
        await using TestBuck again = await buck.StartAgainAsync();
        await using BuckConnection back = await again.ConnectAsync(Role.Agent, packets.Agent);

        Assert.Equal(AppendOutcome.HadIt, (await TestBuck.AppendAsync(back, packet)).Outcome);
    }

    [Fact]
    public async Task A_packet_that_asks_for_it_is_synced_before_it_is_acknowledged()
    {
        await using TestBuck buck = await TestBuck.StartAsync(options => options with { FsyncInterval = TimeSpan.FromMinutes(1) });
        await using BuckConnection agent = await buck.ConnectAsync(Role.Agent, packets.Agent);

        AppendResult[] results = await Task.WhenAll(Enumerable.Range(0, 50).Select(i =>
            TestBuck.AppendAsync(agent, packets.Make([$"{i}"], flags: i % 2 == 0 ? FrameFlags.FsyncBeforeAck : FrameFlags.None), i % 3 == 0 ? AppendOptions.FsyncBeforeAck : AppendOptions.None)));

        Assert.All(results, result => Assert.Equal(AppendOutcome.Stored, result.Outcome));
    }

    [Fact]
    public async Task An_agent_cannot_speak_for_another_and_a_porter_can()
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        Packet packet = packets.Make(["forged"]);
        await using BuckConnection other = await buck.ConnectAsync(Role.Agent, "other");
        await using BuckConnection porter = await buck.ConnectAsync(Role.Porter, "porter");

        AppendResult refused = await TestBuck.AppendAsync(other, packet);

        Assert.Equal((AppendOutcome.Refused, NackReason.WrongAgent), (refused.Outcome, refused.Reason));
        Assert.Empty(Directory.GetFiles(buck.Data, "*.b", SearchOption.AllDirectories));
        Assert.Equal(AppendOutcome.Stored, (await TestBuck.AppendAsync(porter, packet, AppendOptions.Healed)).Outcome);
    }

    [Theory]
    [InlineData("own", "web-1", true)]
    [InlineData("own", "db-7", false)]
    [InlineData("db-*", "db-7", true)]
    [InlineData("db-*", "mail-1", false)]
    [InlineData("any", "mail-1", true)]
    public async Task A_credential_says_for_which_hosts_packets_are_taken(string hosts, string host, bool isTaken)
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        Assert.True(HostsPolicy.TryParse(hosts, out HostsPolicy policy));
        Packet packet = new Packets(packets.Agent) { Host = host }.Make(["a line"]);
        await using BuckConnection agent = await buck.ConnectForHostsAsync(Role.Agent, packets.Agent, policy);

        AppendResult result = await TestBuck.AppendAsync(agent, packet);

        Assert.Equal(isTaken ? (AppendOutcome.Stored, NackReason.None) : (AppendOutcome.Refused, NackReason.HostNotAllowed), (result.Outcome, result.Reason));
        Assert.Equal(isTaken ? 1 : 0, Directory.GetFiles(buck.Data, "*.b", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public async Task No_damaged_frame_is_stored_wherever_the_damage_is()
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        await using BuckConnection agent = await buck.ConnectAsync(Role.Agent, packets.Agent);
        Packet packet = packets.Make(["a line that is damaged on its way"]);
        for (int i = 0; i < packet.Frame.Length; i++)
        {
            byte[] damaged = packet.Frame.ToArray();
            damaged[i] ^= 0x40;
            AppendResult result = await agent.AppendAsync(new Append(Packet.IdOf(damaged), 0, 2, AppendOptions.None, damaged));
            Assert.Equal(AppendOutcome.Refused, result.Outcome);
            Assert.True(result.Reason is NackReason.DamagedFrame or NackReason.UnknownVersion, $"byte {i}: {result.Reason}");
        }
        AppendResult wrongId = await agent.AppendAsync(new Append(new PacketId(7), 0, 2, AppendOptions.None, packet.Frame));

        Assert.Equal(NackReason.DamagedFrame, wrongId.Reason);
        Assert.Empty(Directory.GetFiles(buck.Data, "*.b", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_disk_at_its_reserve_and_a_clock_far_ahead_are_refused_with_their_reasons()
    {
        await using TestBuck full = await TestBuck.StartAsync(options => options with { DiskReserveBytes = long.MaxValue / 2 });
        await using TestBuck buck = await TestBuck.StartAsync();
        await using BuckConnection toFull = await full.ConnectAsync(Role.Agent, packets.Agent);
        await using BuckConnection agent = await buck.ConnectAsync(Role.Agent, packets.Agent);

        Assert.Equal(NackReason.DiskFull, (await TestBuck.AppendAsync(toFull, packets.Make(["x"]))).Reason);
        Assert.Equal(NackReason.BucketTimeOutside, (await TestBuck.AppendAsync(agent, packets.Make(["x"], Packets.Now + (2 * LogTime.PerHour)))).Reason);
    }

    [Fact]
    public async Task Manifests_are_stored_once_in_the_last_bucket_they_cover()
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        await using BuckConnection agent = await buck.ConnectAsync(Role.Agent, packets.Agent);
        ulong end = LogTime.Floor(Packets.Now, LogTime.PerMinute);
        byte[] manifest = new Blocks.Manifest
        {
            Agent = packets.Agent,
            Host = packets.Agent,
            Epoch = new EpochId(1),
            Number = 0,
            SealedTime = end,
            BucketSeconds = 60,
            CoversFrom = end - (3 * LogTime.PerMinute),
            CoversTo = end,
            Packets = [],
            Sources = [],
        }.ToArray();
        var message = new Wire.Manifest(Packet.IdOf(manifest), manifest);

        Assert.Equal(AppendOutcome.Stored, (await agent.SendManifestAsync(message)).Outcome);
        Assert.Equal(AppendOutcome.HadIt, (await agent.SendManifestAsync(message)).Outcome);

        string file = Assert.Single(Directory.GetFiles(buck.Data, "*.b", SearchOption.AllDirectories));
        Assert.EndsWith(Names.Bucket(end - LogTime.PerMinute, LogTime.PerMinute), file, StringComparison.Ordinal);
    }
}
