using System.Text;
using Tailer.Testing;
using Tailer.Wire;
using Xunit.Abstractions;

namespace Tailer.EndToEnd.Tests;

/// <summary>Promise 6: nobody else gets in, and nobody reads along.</summary>
public sealed class WireSecrecyTests(ITestOutputHelper output)
{
    private const string Secret = "the-password-is-swordfish-4711";

    [Fact]
    public async Task A_recording_proxy_between_agent_and_buck_sees_no_plain_text_of_any_line()
    {
        using var logs = new TempDirectory();
        string log = logs.File("app.log", "");
        await using Cluster cluster = await StartThroughProxies(log, out IReadOnlyList<RecordingProxy> proxies);
        try
        {
            string lines = string.Concat(Enumerable.Range(0, 200).Select(i => $"2026-11-22T10:00:00Z INFO login[{i}]: user alice {Secret} number {i}\n"));
            await File.AppendAllTextAsync(log, lines);
            await Wait.For(() => ArchiveContent.RawBytes(cluster.ArchivePath) >= lines.Length, "the lines are archived", TimeSpan.FromMinutes(1));
            Assert.True(proxies.Sum(proxy => proxy.ToServer.Length) > 1000, "the packets went through the proxies");
            foreach (RecordingProxy proxy in proxies)
            {
                foreach (string plain in (string[])[Secret, "swordfish", "alice", log, "TLF1", "proxy-host"])
                {
                    Assert.Equal(-1, proxy.ToServer.AsSpan().IndexOf(Encoding.UTF8.GetBytes(plain)));
                    Assert.Equal(-1, proxy.ToClient.AsSpan().IndexOf(Encoding.UTF8.GetBytes(plain)));
                }
            }
        }
        finally
        {
            foreach (RecordingProxy proxy in proxies)
                await proxy.DisposeAsync();
        }
    }

    [Fact]
    public async Task An_agent_of_another_environment_is_refused_with_a_clear_message_on_both_sides()
    {
        using var logs = new TempDirectory();
        string log = logs.File("app.log", "2026-11-22T10:00:00Z INFO a line\n");
        using EnvironmentAuthority other = EnvironmentAuthority.Create();
        string credential = logs["other.credential"];
        other.Issue(Role.Agent, "agent", HostsPolicy.Any, TimeSpan.FromDays(1), TimeProvider.System).Save(credential);
        await using Cluster cluster = Cluster.Create(new ClusterOptions { Paths = [log], AgentCredential = credential });
        foreach (ClusterPart part in cluster.Bucks.Append(cluster.Agent))
            part.Start();

        string atAgent = await cluster.Agent.Process.Line("environment", TimeSpan.FromSeconds(30));
        Assert.Contains("buck-", atAgent, StringComparison.Ordinal);
        Assert.Contains("credential", atAgent, StringComparison.Ordinal);
        string atBuck = await cluster.Bucks[0].Process.Line(other.Environment.ToString()[..8], TimeSpan.FromSeconds(30));
        Assert.Contains("environment", atBuck, StringComparison.Ordinal);
        output.WriteLine($"{atAgent}\n{atBuck}");
        Assert.Empty(Enumerable.Range(0, 3).SelectMany(i => BuckFiles.In(cluster.BuckData(i))));
    }

    private static Task<Cluster> StartThroughProxies(string log, out IReadOnlyList<RecordingProxy> proxies)
    {
        var started = new List<RecordingProxy>();
        proxies = started;
        return Start();

        async Task<Cluster> Start()
        {
            // The proxies need ports before the bucks' are known: they are aimed when the cluster exists.
            for (int i = 0; i < 3; i++)
                started.Add(RecordingProxy.Start(1));
            Cluster cluster = Cluster.Create(new ClusterOptions { Paths = [log], Host = "proxy-host", AgentsViewOfBuck = i => started[i].Endpoint.ToString() });
            for (int i = 0; i < 3; i++)
                started[i].Target = cluster.BuckAddress(i);
            foreach (ClusterPart part in cluster.Parts)
                part.Start();
            foreach (ClusterPart part in cluster.Parts)
                await part.Ready();
            return cluster;
        }
    }
}
