using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tailer.Blocks;
using Tailer.Testing;
using Tailer.Wire;

namespace Tailer.Buck.Tests;

public sealed class TailTests
{
    private readonly Packets packets = new();

    [Fact]
    public async Task Lines_come_to_a_reader_as_they_are_with_the_ones_of_before_first()
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        await using BuckConnection agent = await buck.ConnectAsync(Role.Agent, packets.Agent);
        await TestBuck.AppendAsync(agent, packets.Make(["one", "two", "three"]));
        using HttpClient client = buck.Client();

        using StreamReader tail = await OpenAsync(client, "/tail?backlog=2");
        Assert.Equal("two", await tail.ReadLineAsync());
        Assert.Equal("three", await tail.ReadLineAsync());
        await TestBuck.AppendAsync(agent, packets.Make(["four"]));
        Assert.Equal("four", await tail.ReadLineAsync());
        await TestBuck.AppendAsync(agent, packets.Make(["again"]), AppendOptions.BoundaryCopy);
        await TestBuck.AppendAsync(agent, packets.Make(["five"]));
        Assert.Equal("five", await tail.ReadLineAsync());
    }

    [Fact]
    public async Task Lines_come_by_the_tags_of_their_source()
    {
        var tagged = new Packets("tagged") { Tags = [new("team", "shop")] };
        await using TestBuck buck = await TestBuck.StartAsync();
        await using BuckConnection theirs = await buck.ConnectAsync(Role.Agent, packets.Agent);
        await using BuckConnection shop = await buck.ConnectAsync(Role.Agent, tagged.Agent);
        using HttpClient client = buck.Client();
        await TestBuck.AppendAsync(theirs, packets.Make(["theirs before"]));
        await TestBuck.AppendAsync(shop, tagged.Make(["shop before"]));

        using StreamReader tail = await OpenAsync(client, "/tail?q=tag:team%3Dshop+OR+last&backlog=10");
        await TestBuck.AppendAsync(theirs, packets.Make(["theirs"]));
        await TestBuck.AppendAsync(shop, tagged.Make(["shop"]));
        await TestBuck.AppendAsync(theirs, packets.Make(["last"]));
        Assert.Equal("shop before", await tail.ReadLineAsync());
        Assert.Equal("shop", await tail.ReadLineAsync());
        Assert.Equal("last", await tail.ReadLineAsync());
    }

    [Fact]
    public async Task Json_lines_and_event_streams_have_their_own_form()
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        await using BuckConnection agent = await buck.ConnectAsync(Role.Agent, packets.Agent);
        using HttpClient client = buck.Client();
        using StreamReader json = await OpenAsync(client, "/tail?q=error", "application/x-ndjson");
        using StreamReader sse = await OpenAsync(client, "/tail?q=error", "text/event-stream");

        await TestBuck.AppendAsync(agent, packets.Make(["fine", "an error"]));

        JsonElement line = JsonDocument.Parse((await json.ReadLineAsync())!).RootElement;
        Assert.Equal(("event", "an error"), (line.GetProperty("type").GetString(), line.GetProperty("text").GetString()));
        Assert.Equal("event: line", await sse.ReadLineAsync());
        string data = (await sse.ReadLineAsync())!;
        Assert.StartsWith("data: {", data, StringComparison.Ordinal);
        Assert.Equal("an error", JsonDocument.Parse(data[6..]).RootElement.GetProperty("text").GetString());
        Assert.Equal("", await sse.ReadLineAsync());
    }

    [Fact]
    public async Task The_rights_of_a_ticket_hold_in_every_query()
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        await using BuckConnection mine = await buck.ConnectAsync(Role.Agent, "mine");
        await using BuckConnection theirs = await buck.ConnectAsync(Role.Agent, "theirs");
        using HttpClient client = buck.Client(buck.IssueTicket("host:mine"));
        using StreamReader tail = await OpenAsync(client, "/tail?q=" + Uri.EscapeDataString("secret OR host:theirs OR open") + "&backlog=100");

        await TestBuck.AppendAsync(theirs, new Packets("theirs").Make(["secret of theirs"]));
        await TestBuck.AppendAsync(mine, new Packets("mine").Make(["open to me"]));

        Assert.Equal("open to me", await tail.ReadLineAsync());
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("/status")).StatusCode);
    }

    [Fact]
    public async Task A_stream_ends_when_its_ticket_expires_and_an_expired_ticket_opens_none()
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        string ticket = buck.IssueTicket(lifetime: TimeSpan.FromSeconds(1));
        using HttpClient client = buck.Client(ticket);
        using StreamReader tail = await OpenAsync(client, "/tail");

        Assert.Null(await tail.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/tail")).StatusCode);
    }

    [Theory]
    [InlineData("/tail?q=(a", "bad-query")]
    [InlineData("/tail?backlog=x", "bad-request")]
    [InlineData("/tail?since=yesterday", "bad-request")]
    public async Task A_request_that_cannot_be_understood_is_told_where_and_why(string path, string code)
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        using HttpClient client = buck.Client();

        using HttpResponseMessage response = await client.GetAsync(path);
        JsonElement problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.Equal(code == "bad-query", problem.TryGetProperty("caret", out _));
    }

    [Fact]
    public async Task A_reader_who_stops_reading_is_told_exactly_how_many_lines_it_missed_and_slows_nobody()
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        await using BuckConnection agent = await buck.ConnectAsync(Role.Agent, packets.Agent);
        using Socket stalled = await OpenRawAsync(buck, "/tail?q=keep", "application/x-ndjson");
        string filler = new('x', 2000);
        long sent = 0;
        for (int i = 0; i < 300; i++)
        {
            Packet packet = packets.Make(Enumerable.Range(0, 60).Select(n => $"{(n % 2 == 0 ? "keep" : "skip")} {i} {n} {filler}"));
            await TestBuck.AppendAsync(agent, packet);
            sent += 30;
        }
        LiveFeed feed = buck.Services.GetRequiredService<LiveFeed>();
        await Wait.For(() => feed.IsIdle, "the feed has offered everything");

        (long received, long dropped) = await CountAsync(stalled, sent);

        Assert.True(dropped > 0, "the test must overrun the queue");
        Assert.Equal(sent, received + dropped);
    }

    [Fact]
    public async Task Agents_are_told_when_somebody_watches_and_when_nobody_does()
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        var said = new System.Collections.Concurrent.ConcurrentQueue<bool>();
        await using BuckConnection agent = await buck.ConnectAsync(Role.Agent, packets.Agent, new() { OnInterest = interest => said.Enqueue(interest.Viewers) });
        using HttpClient client = buck.Client();
        using (StreamReader tail = await OpenAsync(client, "/tail"))
        {
            await Wait.For(() => said.Contains(true), "the agent is told that somebody watches");
            var late = new TaskCompletionSource<bool>();
            await using BuckConnection newcomer = await buck.ConnectAsync(Role.Agent, "late", new() { OnInterest = interest => late.TrySetResult(interest.Viewers) });
            Assert.True(await late.Task.WaitAsync(TimeSpan.FromSeconds(20)));
        }
        await Wait.For(() => said.LastOrDefault(true) == false, "the agent is told that nobody watches");
    }

    [Fact]
    public async Task A_stopping_buck_ends_its_streams_at_once()
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        using HttpClient client = buck.Client();
        using StreamReader tail = await OpenAsync(client, "/tail");

        await buck.StopAsync().WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Null(await tail.ReadLineAsync());
    }

    private static async Task<StreamReader> OpenAsync(HttpClient client, string path, string accept = "text/plain")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd(accept);
        HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        return new StreamReader(await response.Content.ReadAsStreamAsync());
    }

    private static async Task<Socket> OpenRawAsync(TestBuck buck, string path, string accept)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 16 * 1024 };
        await socket.ConnectAsync(IPAddress.Loopback, buck.Http.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.0\r\nHost: {buck.Http.Authority}\r\nAccept: {accept}\r\nAuthorization: Bearer {buck.IssueTicket()}\r\n\r\n"));
        byte[] first = new byte[12];
        Assert.Equal(first.Length, await socket.ReceiveAsync(first));
        Assert.Equal("HTTP/1.1 200", Encoding.ASCII.GetString(first));
        return socket;
    }

    private static async Task<(long Received, long Dropped)> CountAsync(Socket socket, long sent)
    {
        using var reader = new StreamReader(new NetworkStream(socket, ownsSocket: false));
        long received = 0, dropped = 0;
        while (received + dropped < sent && await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20)) is { } line)
        {
            if (!line.StartsWith('{'))
                continue;
            JsonElement json = JsonDocument.Parse(line).RootElement;
            if (json.GetProperty("type").GetString() == "event")
                received++;
            else
                dropped += json.GetProperty("lines").GetInt64();
        }
        return (received, dropped);
    }
}
