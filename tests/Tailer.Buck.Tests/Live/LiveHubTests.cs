using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tailer.Blocks;
using Tailer.Testing;
using Tailer.Wire;

namespace Tailer.Buck.Tests;

public sealed class LiveHubTests
{
    private readonly Packets packets = new();

    [Fact]
    public async Task A_page_gets_backlog_then_live_lines_with_the_packets_they_are_from()
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        await using BuckConnection agent = await buck.ConnectAsync(Role.Agent, packets.Agent);
        Packet before = packets.Make(["error before", "fine"]);
        await TestBuck.AppendAsync(agent, before);
        await using HubClient page = await HubClient.ConnectAsync(buck.Http, buck.IssueTicket(), TestBuck.Origin);
        await page.SubscribeAsync(new { query = "error", backlogLines = 10 });

        JsonElement backlog = await page.NextBatchAsync();
        Packet now = packets.Make(["fine", "error now"]);
        await TestBuck.AppendAsync(agent, now);
        JsonElement live = await page.NextBatchAsync();

        AssertBatch(backlog, before, "error before", isLive: false);
        AssertBatch(live, now, "error now", isLive: true);
    }

    [Fact]
    public async Task Lines_of_a_packet_can_be_loaded_by_its_id_within_the_rights()
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        await using BuckConnection agent = await buck.ConnectAsync(Role.Agent, packets.Agent);
        Packet packet = packets.Make(["error 1", "fine", "error 2", "error secret"]);
        await TestBuck.AppendAsync(agent, packet);
        await using HubClient page = await HubClient.ConnectAsync(buck.Http, buck.IssueTicket("NOT secret"));

        JsonElement answer = await page.InvokeAsync("Load", new[] { packet.Id.ToString(), new PacketId(1).ToString(), "nonsense" }, "error");

        Assert.Equal(["error 1", "error 2"], answer.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("text").GetString()));
        Assert.Equal([new PacketId(1).ToString(), "nonsense"], answer.GetProperty("missing").EnumerateArray().Select(e => e.GetString()));
    }

    [Fact]
    public async Task Who_asks_for_all_since_a_time_is_told_which_packets_do_not_come_and_can_load_them()
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        await using BuckConnection agent = await buck.ConnectAsync(Role.Agent, packets.Agent);
        await using HubClient page = await HubClient.ConnectAsync(buck.Http, buck.IssueTicket());
        JsonElement now = (await page.InvokeAsync("Now"));
        Assert.InRange(DateTimeOffset.Parse(now.GetString()!) - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(-1), TimeSpan.FromMinutes(1));
        Packet first = packets.Make(Lines(1500));
        await TestBuck.AppendAsync(agent, first);
        for (int i = 0; i < 6; i++)
            await TestBuck.AppendAsync(agent, packets.Make(Lines(1500)));

        await page.SubscribeAsync(new { query = "keep", sinceTime = "-5m" });
        JsonElement notice = await page.NextBatchAsync();
        int received = 0;
        while (received < 9000)
            received += (await page.NextBatchAsync()).GetProperty("events").GetArrayLength();

        // 10,000 lines at most, by whole packets.
        Assert.Equal(9000, received);
        JsonElement dropped = Assert.Single(notice.GetProperty("dropped").EnumerateArray());
        Assert.Equal((first.Id.ToString(), 1500), (dropped.GetProperty("packet").GetString(), dropped.GetProperty("matched").GetInt32()));
        Assert.False(notice.TryGetProperty("droppedMore", out _));
        JsonElement loaded = await page.InvokeAsync("Load", new[] { first.Id.ToString() }, "keep");
        Assert.Equal(1500, loaded.GetProperty("events").GetArrayLength());

        static IEnumerable<string> Lines(int count) => Enumerable.Range(0, count).SelectMany(i => new[] { $"keep {i}", $"skip {i}" });
    }

    [Fact]
    public async Task A_bad_query_an_expired_ticket_and_too_many_subscriptions_end_a_stream_with_their_names()
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        await using HubClient page = await HubClient.ConnectAsync(buck.Http, buck.IssueTicket(lifetime: TimeSpan.FromSeconds(3)));

        await page.SubscribeAsync(new { query = "(a" });
        Assert.Contains("bad-query: (a\n", (await page.NextAsync(3)).GetProperty("error").GetString(), StringComparison.Ordinal);
        for (int i = 0; i < 17; i++)
            await page.SubscribeAsync(new { query = "x" });
        Assert.Contains("too-many-requests", (await page.NextAsync(3)).GetProperty("error").GetString(), StringComparison.Ordinal);
        for (int i = 0; i < 16; i++)
            Assert.Contains("ticket-expired", (await page.NextAsync(3)).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_subscription_and_a_page_that_vanishes_leave_nothing_behind()
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        LiveFeed feed = buck.Services.GetRequiredService<LiveFeed>();
        HubClient page = await HubClient.ConnectAsync(buck.Http, buck.IssueTicket());
        string first = await page.SubscribeAsync(new { query = "a" });
        await page.SubscribeAsync(new { query = "b" });
        await Wait.For(() => feed.Viewers == 2, "both subscriptions are there");

        await page.CancelAsync(first);
        await Wait.For(() => feed.Viewers == 1, "the cancelled one is gone");
        await page.DisposeAsync();

        await Wait.For(() => feed.Viewers == 0, "the other is gone with its page");
    }

    [Fact]
    public async Task A_page_of_another_origin_cannot_connect()
    {
        await using TestBuck buck = await TestBuck.StartAsync();

        await Assert.ThrowsAsync<WebSocketException>(() => HubClient.ConnectAsync(buck.Http, buck.IssueTicket(), "http://evil.example"));
    }

    [Fact]
    public async Task No_line_is_lost_or_repeated_between_backlog_and_live_while_packets_pour_in()
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        await using BuckConnection agent = await buck.ConnectAsync(Role.Agent, packets.Agent);
        int next = 0;
        using var done = new CancellationTokenSource();
        Task writing = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
                await TestBuck.AppendAsync(agent, packets.Make([$"{next++}"]));
        });
        await Wait.For(() => next > 50, "packets are there");
        await using HubClient page = await HubClient.ConnectAsync(buck.Http, buck.IssueTicket());
        await page.SubscribeAsync(new { query = "", backlogLines = 30 });
        var numbers = new List<int>();
        while (numbers.Count < 500)
        {
            JsonElement batch = await page.NextBatchAsync();
            numbers.AddRange(batch.GetProperty("events").EnumerateArray().Select(e => int.Parse(e.GetProperty("text").GetString()!)));
        }
        await done.CancelAsync();
        await writing;

        Assert.Equal(Enumerable.Range(numbers[0], numbers.Count), numbers);
    }

    private static void AssertBatch(JsonElement batch, Packet packet, string text, bool isLive)
    {
        JsonElement line = Assert.Single(batch.GetProperty("events").EnumerateArray());
        Assert.Equal(text, line.GetProperty("text").GetString());
        JsonElement from = Assert.Single(batch.GetProperty("packets").EnumerateArray());
        Assert.Equal((packet.Id.ToString(), 1), (from.GetProperty("packet").GetString(), from.GetProperty("matched").GetInt32()));
        Assert.Equal(isLive, batch.GetProperty("live").GetBoolean());
        Assert.False(batch.TryGetProperty("dropped", out _));
    }
}
