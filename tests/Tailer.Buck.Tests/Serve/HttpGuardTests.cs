using System.Net;
using System.Text.Json;
using Tailer.Blocks;
using Tailer.Wire;

namespace Tailer.Buck.Tests;

public sealed class HttpGuardTests
{
    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    public async Task Health_is_open_to_all(string path)
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        using var client = new HttpClient { BaseAddress = buck.Http };

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(path)).StatusCode);
    }

    [Theory]
    [InlineData("/tail")]
    [InlineData("/status")]
    [InlineData("/metrics")]
    [InlineData("/live/negotiate")]
    [InlineData("/nothing-here")]
    public async Task Everything_else_needs_a_good_ticket(string path)
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        await using TestBuck other = await TestBuck.StartAsync();
        using var client = new HttpClient { BaseAddress = buck.Http };
        using HttpClient foreign = buck.Client(other.IssueTicket());
        using HttpClient forged = buck.Client(buck.IssueTicket()[..^4] + "AAAA");

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await foreign.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await forged.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Hosts_and_origins_that_are_not_allowed_are_refused_before_anything_else()
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        using HttpClient client = buck.Client();

        Assert.Equal("forbidden-host", await CodeAsync(client, "/healthz", host: $"evil.example:{buck.Http.Port}"));
        Assert.Equal("forbidden-host", await CodeAsync(client, "/healthz", host: $"127.0.0.1:{buck.Http.Port + 1}"));
        Assert.Equal("forbidden-origin", await CodeAsync(client, "/metrics", origin: "http://evil.example"));
        Assert.Equal("forbidden-origin", await CodeAsync(client, "/metrics", origin: "null"));
        Assert.Equal("", await CodeAsync(client, "/metrics", host: $"localhost:{buck.Http.Port}", origin: TestBuck.Origin));
        Assert.Equal("", await CodeAsync(client, "/metrics", origin: TestBuck.Origin.Replace("127.0.0.1", "localhost", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_allowed_page_may_ask_first_and_is_answered_without_a_ticket()
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        using var client = new HttpClient { BaseAddress = buck.Http };
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/live/negotiate");
        preflight.Headers.Add("Origin", TestBuck.Origin);
        preflight.Headers.Add("Access-Control-Request-Method", "POST");

        using HttpResponseMessage response = await client.SendAsync(preflight);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(TestBuck.Origin, response.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Contains("authorization", response.Headers.GetValues("Access-Control-Allow-Headers").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_shows_agents_and_what_is_stored_and_metrics_count()
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        var packets = new Packets();
        await using BuckConnection agent = await buck.ConnectAsync(Role.Agent, packets.Agent);
        ulong sent = Packets.Now - (100 * LogTime.PerSecond);
        await agent.HeartbeatAsync(new Heartbeat(sent, new Dictionary<string, string> { ["host"] = "h", ["lag_seconds"] = "3" }));
        await TestBuck.AppendAsync(agent, packets.Make(["x"]));
        using HttpClient client = buck.Client();

        JsonElement status = JsonDocument.Parse(await client.GetStringAsync("/status")).RootElement;
        string metrics = await client.GetStringAsync("/metrics");

        Assert.Equal(("buck-1", "1.2.3"), (status.GetProperty("name").GetString(), status.GetProperty("version").GetString()));
        Assert.Equal((1, 1), (status.GetProperty("packets").GetInt32(), status.GetProperty("buckets").GetInt32()));
        JsonElement shown = Assert.Single(status.GetProperty("agents").EnumerateArray());
        Assert.True(shown.GetProperty("connected").GetBoolean());
        Assert.InRange(shown.GetProperty("skewSeconds").GetDouble(), -130, -99);
        Assert.Equal("3", shown.GetProperty("values").GetProperty("lag_seconds").GetString());
        Assert.InRange(shown.GetProperty("credentialExpires").GetDateTimeOffset(), DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddHours(1.1));
        Assert.Contains("tailer_buck_agent_credential_seconds ", metrics, StringComparison.Ordinal);
        Assert.Contains("tailer_buck_packets_total{outcome=\"stored\"}", metrics, StringComparison.Ordinal);
    }

    private static async Task<string> CodeAsync(HttpClient client, string path, string? host = null, string? origin = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Host = host;
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        using HttpResponseMessage response = await client.SendAsync(request);
        if (response.IsSuccessStatusCode)
            return "";
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("code").GetString()!;
    }
}
