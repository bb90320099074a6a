using System.Text.Json;
using Tailer.Blocks;
using Tailer.Testing;

namespace Tailer.Archie.Tests;

/// <summary>What the status page is told.</summary>
public sealed class StatusTests
{
    private const ulong Span = 10 * LogTime.PerSecond;
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Bucks_agents_watermark_and_archive_are_shown_and_a_dead_buck_as_down()
    {
        var log = new TestLog();
        ulong start = LogTime.Floor(LogTime.Now(TimeProvider.System), Span) - (10 * Span);
        Packet packet = log.Packet(["one", "two"], start);
        await using ArchieHost archie = await ArchieHost.StartAsync(bucks: 2);
        TestLog.AddToRecent(archie.Recent, [packet], watermark: start + Span);
        await TestLog.AddToArchiveAsync(archie.Archive, [packet], start, Span);
        await archie.AppendAsync(0, packet);

        JsonElement environment = default;
        JsonElement[] bucks = [];
        await Wait.For(
            async () =>
            {
                environment = (await archie.GetAsync("/api/v1/status")).GetProperty("environments")[0];
                bucks = [.. environment.GetProperty("bucks").EnumerateArray()];
                return bucks.Count(buck => buck.GetProperty("state").GetString() == "up") == 2;
            },
            "two bucks answer in time");
        Assert.Equal(["up", "up", "down"], bucks.Select(buck => buck.GetProperty("state").GetString()));
        Assert.Equal(1, bucks[0].GetProperty("packets").GetInt64());
        Assert.NotEmpty(bucks[2].GetProperty("error").GetString()!);
        Assert.Equal("agent", environment.GetProperty("agents").EnumerateArray().Single().GetProperty("name").GetString());
        Assert.Equal(LogTime.Format(start + Span), environment.GetProperty("porter").GetProperty("watermark").GetString());
        Assert.Equal(LogTime.Format(start + Span), environment.GetProperty("porter").GetProperty("archivedUntil").GetString());
        Assert.Equal(2, environment.GetProperty("recent").GetProperty("events").GetInt64());
        Assert.Equal(1, environment.GetProperty("archive").GetProperty("segments").GetInt32());
        Assert.Equal(0, environment.GetProperty("gaps").GetArrayLength());
    }

    [Fact]
    public async Task What_a_real_agent_says_of_itself_reaches_the_status_page()
    {
        await using ArchieHost archie = await ArchieHost.StartAsync(bucks: 1);
        archie.StartAgent();
        JsonElement agent = default;
        await Wait.For(
            async () =>
            {
                JsonElement[] agents = [.. (await archie.GetAsync("/api/v1/status")).GetProperty("environments")[0].GetProperty("agents").EnumerateArray()];
                agent = agents.SingleOrDefault();
                return agents.Length == 1 && agent.TryGetProperty("version", out _);
            },
            "the agent's heartbeat is at the buck");
        Assert.Equal("ok", agent.GetProperty("state").GetString());
        Assert.NotEmpty(agent.GetProperty("host").GetString()!);
        Assert.Equal(0, agent.GetProperty("sources").GetInt64());
        Assert.InRange(agent.GetProperty("lagSeconds").GetDouble(), 0, 30);
        Assert.InRange(agent.GetProperty("spoolBytes").GetInt64(), 0, 1 << 20);
        Assert.InRange(agent.GetProperty("skewSeconds").GetDouble(), -20, 5);
        Assert.InRange(agent.GetProperty("credentialExpires").GetDateTimeOffset(), DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(400));
    }

    [Fact]
    public async Task A_gap_is_shown_until_a_later_segment_brings_its_bytes()
    {
        var log = new TestLog();
        ulong start = LogTime.Floor(LogTime.Now(TimeProvider.System), Span) - (10 * Span);
        Packet first = log.Packet(["0123456789"], start);
        Packet second = log.Packet(["abcdefghij"], start + LogTime.PerSecond);
        Packet third = log.Packet(["ABCDEFGHIJ"], start + (2 * LogTime.PerSecond));
        await using ArchieHost archie = await ArchieHost.StartAsync();
        await TestLog.AddToArchiveAsync(archie.Archive, [first, third], start, Span, [new SegmentGap(log.Id, 11, 22, SkipReason.Missing)]);
        JsonElement gap = (await archie.GetAsync("/api/v1/status")).GetProperty("environments")[0].GetProperty("gaps").EnumerateArray().Single();
        Assert.Equal("/var/log/app.log", gap.GetProperty("path").GetString());
        Assert.Equal((11UL, 22UL), (gap.GetProperty("from").GetUInt64(), gap.GetProperty("to").GetUInt64()));
        await TestLog.AddToArchiveAsync(archie.Archive, [second], start, Span);
        Assert.Equal(0, (await archie.GetAsync("/api/v1/status")).GetProperty("environments")[0].GetProperty("gaps").GetArrayLength());
    }

    [Fact]
    public void An_agent_is_ok_while_any_buck_has_it_and_the_newest_report_tells_the_rest()
    {
        IReadOnlyList<AgentStatus> agents = AgentMerge.Merge(
        [
            ("buck-1", Report("web-1", connected: true, secondsAgo: 50, lag: "90")),
            ("buck-2", Report("web-1", connected: false, secondsAgo: 300, lag: "1")),
            ("buck-3", Report("web-1", connected: true, secondsAgo: 1, lag: "0.5")),
            ("buck-1", Report("web-2", connected: true, secondsAgo: 1, lag: "31")),
            ("buck-1", Report("web-3", connected: false, secondsAgo: 61)),
            ("buck-1", Report("web-4", connected: false, secondsAgo: 10)),
            ("buck-1", Report("web-5", connected: false, secondsAgo: 500, goodbye: true)),
        ], Now);
        Assert.Equal(["ok", "lagging", "silent", "lagging", "gone"], agents.Select(agent => agent.State));
        Assert.Equal(["buck-1", "buck-3"], agents[0].Bucks);
        Assert.Equal(0.5, agents[0].LagSeconds);
    }

    [Fact]
    public void A_renewed_credential_counts_where_the_agent_is_connected_with_it_and_the_clock_is_that_of_the_newest_report()
    {
        DateTimeOffset old = Now.AddDays(1), renewed = Now.AddDays(90);
        IReadOnlyList<AgentStatus> agents = AgentMerge.Merge(
        [
            ("buck-1", Report("web-1", connected: true, secondsAgo: 5) with { CredentialExpires = renewed, SkewSeconds = 7 }),
            ("buck-2", Report("web-1", connected: true, secondsAgo: 1) with { CredentialExpires = old, SkewSeconds = -3 }),
            ("buck-1", Report("web-2", connected: false, secondsAgo: 400) with { CredentialExpires = old }),
        ], Now);
        Assert.Equal((renewed, -3), (agents[0].CredentialExpires, agents[0].SkewSeconds));
        Assert.Equal(old, agents[1].CredentialExpires);
    }

    private static BuckReportAgent Report(string name, bool connected, int secondsAgo, string lag = "0", bool goodbye = false) =>
        new(name, connected, Now.AddSeconds(-secondsAgo), goodbye, Retired: false, new Dictionary<string, string> { ["lag_seconds"] = lag });
}
