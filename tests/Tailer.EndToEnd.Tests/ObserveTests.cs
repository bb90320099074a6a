using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Tailer.Testing;

namespace Tailer.EndToEnd.Tests;

/// <summary>What the agent says of itself, asked of the real executable.</summary>
public sealed class ObserveTests
{
    private const string SmallSpool = "spool:\n  max_bytes: 1MiB\n";

    [Fact]
    public async Task Status_of_a_healthy_agent_is_a_table_and_exit_code_0()
    {
        await using var scene = new AgentScene();
        await using TailerProcess agent = scene.StartBuilt();
        await scene.WaitForLines();
        ProcessResult status = await scene.Status();
        Assert.True(status.ExitCode == 0, status.Text + status.Errors);
        Assert.Contains($"agent agent on test-host, process {agent.Pid}, running for", status.Text, StringComparison.Ordinal);
        foreach (string part in (string[])["following      1 file\n", "not yet read   nothing\n", "buck-1", "connected", "events", "100", "Lines and parts of lines read."])
            Assert.Contains(part, status.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("attention", status.Text, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(scene.State, "status.socket")));

        JsonElement json = await scene.StatusWith(_ => true, "it answers");
        Assert.Equal(agent.Pid, json.GetProperty("processId").GetInt32());
        Assert.Equal(1, json.GetProperty("files").GetInt32());
        Assert.Equal("connected", json.GetProperty("bucks")[0].GetProperty("state").GetString());
        Assert.Equal(100, Counter(json, "events"));
        Assert.Equal(0, Counter(json, "lost_bytes", "deleted"));
        Assert.Equal(new FileInfo(scene.Log).Length, Counter(json, "read_bytes"));
    }

    [Fact]
    public async Task Without_an_agent_status_says_so_with_exit_code_69_also_after_one_was_killed()
    {
        await using var scene = new AgentScene();
        ProcessResult status = await scene.Status();
        Assert.Equal(69, status.ExitCode);
        Assert.Contains($"no agent runs with the state directory {scene.State}", status.Errors, StringComparison.Ordinal);
        await using (TailerProcess agent = scene.StartBuilt())
        {
            await agent.Until(() => File.Exists(Path.Combine(scene.State, "status.socket")), "it can be asked");
            await agent.Kill9();
        }
        Assert.Equal(69, (await scene.Status()).ExitCode);
        await using TailerProcess again = scene.StartBuilt();
        await scene.WaitForLines();
        Assert.Equal(0, (await scene.Status()).ExitCode);
    }

    [Fact]
    public async Task A_state_directory_with_a_path_longer_than_a_socket_address_can_be_asked_too()
    {
        await using var scene = new AgentScene(state: string.Join('/', Enumerable.Repeat("a-directory-with-a-long-name", 6)));
        Directory.CreateDirectory(scene.State, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await using TailerProcess agent = scene.StartBuilt();
        await scene.WaitForLines();
        ProcessResult status = await scene.Status();
        Assert.True(status.ExitCode == 0, status.Errors);
    }

    [Fact]
    public async Task An_agent_that_cannot_go_on_says_why_which_files_wait_and_for_how_long_and_is_well_again_afterwards()
    {
        int port = Cluster.FreePorts(1)[0];
        await using var scene = new AgentScene(SmallSpool + $"metrics:\n  listen: 127.0.0.1:{port}\n", hasBuck: false);
        const int files = 30;
        for (int i = 0; i < files; i++)
            await File.WriteAllTextAsync(Path.Combine(scene.LogFolder, $"full-{i:00}.log"), Noise(i, (i + 1) * 400));
        await using TailerProcess agent = scene.StartBuilt();
        JsonElement json = await scene.StatusWith(s => s.GetProperty("worst").GetArrayLength() == 20, "twenty files are named");
        Assert.InRange(json.GetProperty("filesBehind").GetInt32(), 21, files);
        JsonElement[] worst = [.. json.GetProperty("worst").EnumerateArray()];
        Assert.Equal(worst.Select(f => f.GetProperty("lagBytes").GetInt64()).OrderDescending(), worst.Select(f => f.GetProperty("lagBytes").GetInt64()));
        Assert.StartsWith(scene.LogFolder, worst[0].GetProperty("path").GetString(), StringComparison.Ordinal);
        Assert.True(json.GetProperty("spoolBytes").GetInt64() >= 1 << 20);

        await scene.StatusWith(s => s.GetProperty("worst")[0].GetProperty("lagSeconds").GetDouble() > 1, "the oldest waits");
        ProcessResult status = await scene.Status();
        Assert.Equal(3, status.ExitCode);
        foreach (string part in (string[])["attention      no buck can be sent to", "attention      reading has stopped: the spool is full", "not connected: ", "Connection refused", "full-29.log"])
            Assert.Contains(part, status.Text, StringComparison.Ordinal);

        string[] metrics = (await Get(port)).Split('\n');
        Assert.Equal(20, metrics.Count(line => line.StartsWith("tailer_agent_file_lag_bytes{path=\"", StringComparison.Ordinal)));
        Assert.Equal(20, metrics.Count(line => line.StartsWith("tailer_agent_file_lag_seconds{path=\"", StringComparison.Ordinal)));
        Assert.Contains("tailer_agent_spool_full 1", metrics);
        Assert.Contains("tailer_agent_buck_connected{buck=\"buck-1\"} 0", metrics);

        scene.Buck.Start();
        await Wait.For(async () => (await scene.Status()).ExitCode == 0, "all is well", TimeSpan.FromMinutes(1));
        await scene.StatusWith(s => s.GetProperty("lagBytes").GetInt64() == 0, "everything is read");
        Assert.DoesNotContain("tailer_agent_file_lag_bytes{", await Get(port), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_are_Prometheus_text_for_who_comes_by_the_loopback_address_and_no_web_page()
    {
        int port = Cluster.FreePorts(1)[0];
        await using var scene = new AgentScene($"metrics: {{listen: \"127.0.0.1:{port}\"}}\n");
        await using TailerProcess agent = scene.StartBuilt();
        await scene.WaitForLines();
        string text = await Get(port);
        foreach (string part in (string[])["# TYPE tailer_agent_events_total counter\ntailer_agent_events_total 100\n", "tailer_agent_lost_bytes_total{reason=\"truncated\"} 0\n", "tailer_agent_files 1\n", "tailer_agent_spool_bytes 0\n", "tailer_agent_buck_connected{buck=\"buck-1\"} 1\n"])
            Assert.Contains(part, text, StringComparison.Ordinal);
        Assert.All(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#'), line => Assert.StartsWith("tailer_", line, StringComparison.Ordinal));

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await Ask(port, "GET /metrics?x=1 HTTP/1.1\r\nHost: localhost\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await Ask(port, "GET /metrics HTTP/1.0\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 403", await Ask(port, "GET /metrics HTTP/1.1\r\nHost: tailer.example:9100\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 403", await Ask(port, "GET /metrics HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 404", await Ask(port, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 405", await Ask(port, "POST /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400", await Ask(port, "hello\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400", await Ask(port, $"GET /metrics HTTP/1.1\r\nX: {new string('x', 9000)}"), StringComparison.Ordinal);
        // Who connects and says nothing holds others up for two seconds at most.
        using var silent = new TcpClient();
        await silent.ConnectAsync(IPAddress.Loopback, port);
        Assert.Contains("tailer_agent_events_total 100\n", await Get(port), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_token_metrics_are_for_who_has_it_and_may_be_asked_for_from_other_machines()
    {
        int port = Cluster.FreePorts(1)[0];
        await using var scene = new AgentScene($"metrics: {{listen: \"0.0.0.0:{port}\", token_file: metrics.token}}\n");
        string token = Path.Combine(scene.Root, "metrics.token");
        await File.WriteAllTextAsync(token, "a-token-of-some-length\n");
        File.SetUnixFileMode(token, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using TailerProcess agent = scene.StartBuilt();
        await agent.Port(port);
        Assert.StartsWith("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\n", await Ask(port, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 401", await Ask(port, "GET /metrics HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer a-token-of-some-lengt\r\n\r\n"), StringComparison.Ordinal);
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "a-token-of-some-length");
        Assert.Contains("tailer_agent_files", await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_and_an_open_port_without_a_token_are_refused_with_what_to_do()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await using (var scene = new AgentScene($"metrics: {{listen: \"{taken.LocalEndpoint}\"}}\n"))
        {
            await using TailerProcess agent = scene.StartBuilt();
            Assert.Equal(69, await agent.Exit());
            Assert.Contains(agent.Errors, line => line.Contains("cannot listen", StringComparison.Ordinal));
        }
        await using (var scene = new AgentScene("metrics: {listen: \"0.0.0.0:9100\"}\n"))
        {
            await using TailerProcess agent = scene.StartBuilt();
            Assert.Equal(78, await agent.Exit());
            Assert.Contains(agent.Errors, line => line.Contains("can be reached from other machines; give a token_file, or listen on 127.0.0.1", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Who_watches_all_agents_sees_which_files_one_is_behind_in()
    {
        await using var scene = new AgentScene(SmallSpool, hasBuck: false);
        // A buck whose disk is too full stays connected and takes nothing, so that the spool fills.
        File.WriteAllText(scene.Buck.Config, File.ReadAllText(scene.Buck.Config).Replace("disk_reserve: 16MiB", "disk_reserve: 1000000GiB", StringComparison.Ordinal));
        scene.Buck.Start();
        scene.Archie.Start();
        await scene.Archie.Ready();
        await File.WriteAllTextAsync(Path.Combine(scene.LogFolder, "full.log"), Noise(1, 30_000));
        await using TailerProcess agent = scene.StartBuilt();
        await Wait.For(async () => (await scene.Cli("status")).Text.Contains("full.log", StringComparison.Ordinal), "the status of all names the file", TimeSpan.FromMinutes(1));
        JsonElement status = JsonDocument.Parse((await scene.Cli("status", "--json")).Output).RootElement;
        JsonElement file = status.GetProperty("environments")[0].GetProperty("agents")[0].GetProperty("behind")[0];
        Assert.Equal(Path.Combine(scene.LogFolder, "full.log"), file.GetProperty("path").GetString());
        Assert.InRange(file.GetProperty("bytes").GetInt64(), 1, 30_000 * 120);
    }

    private static long Counter(JsonElement status, string name, string? reason = null) => status.GetProperty("counters").EnumerateArray()
        .Single(c => c.GetProperty("name").GetString() == name && (reason is null || c.GetProperty("reason").GetString() == reason)).GetProperty("value").GetInt64();

    /// <summary>Lines that cannot be packed to much less than their length.</summary>
    private static string Noise(int seed, int lines)
    {
        var random = new Random(seed);
        var bytes = new byte[60];
        var text = new StringBuilder();
        for (int i = 0; i < lines; i++)
        {
            random.NextBytes(bytes);
            text.Append(CultureInfo.InvariantCulture, $"2026-11-22T10:00:00Z INFO {Convert.ToBase64String(bytes)}\n");
        }
        return text.ToString();
    }

    private static async Task<string> Get(int port)
    {
        using var client = new HttpClient();
        return await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"));
    }

    private static async Task<string> Ask(int port, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await client.Client.SendAsync(Encoding.ASCII.GetBytes(request));
        using var answer = new MemoryStream();
        await client.GetStream().CopyToAsync(answer);
        return Encoding.UTF8.GetString(answer.GetBuffer(), 0, (int)answer.Length);
    }
}
