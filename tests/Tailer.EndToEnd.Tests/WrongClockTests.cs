using System.Globalization;
using System.Text;
using System.Text.Json;
using Tailer.Blocks;
using Tailer.Testing;

namespace Tailer.EndToEnd.Tests;

/// <summary>A host that starts with a clock a month ahead, as with a broken one on its board, and is set right later.</summary>
public sealed class WrongClockTests
{
    [WrongClockFact]
    public async Task What_an_agent_sealed_with_a_clock_a_month_ahead_is_archived_once_and_whole_when_the_clock_is_right()
    {
        using var logs = new TempDirectory();
        string log = logs.File("app.log", Lines(0));
        await using Cluster cluster = Cluster.Create(new ClusterOptions { Paths = [log], Host = "ahead-host", Bucks = 2, ArchiveAfter = "6s", Span = "4s" });
        var clock = new WrongClock(logs["clock"]);
        clock.Set(TimeSpan.FromDays(30));
        foreach (ClusterPart part in cluster.Bucks.Append(cluster.Porter))
            part.Start();
        foreach (ClusterPart buck in cluster.Bucks)
            await buck.Ready();

        TailerProcess agent = StartAgent(cluster, clock);
        // More than one bucket, a rotation whose file is gone later, and a kill, all in the wrong month.
        await Status(cluster, status => Counter(status, "packets") >= 1 && Waiting(status) >= 1, "bucks refuse the first packet");
        JsonElement said = await Status(cluster, status => status.GetProperty("troubles").EnumerateArray().Any(t => t.GetString()!.Contains("one of the clocks is wrong", StringComparison.Ordinal)), "the agent says that the clocks disagree");
        Assert.Equal(0, Counter(said, "resealed"));
        string expected = Lines(0);
        long packets = Counter(said, "packets");
        for (int i = 1; i <= 4; i++)
        {
            expected += Lines(i);
            await File.AppendAllTextAsync(log, Lines(i));
            packets = Counter(await Status(cluster, status => Counter(status, "packets") > packets, $"burst {i} is sealed"), "packets");
        }
        File.Move(log, log + ".1");
        string second = Lines(5);
        await File.WriteAllTextAsync(log, second);
        await Status(cluster, status => Counter(status, "read_bytes") == expected.Length + second.Length && Counter(status, "packets") > packets, "the new file is sealed too");
        await agent.Kill9();
        File.Delete(log + ".1");
        Assert.Empty(BuckFiles.In(cluster.BuckData(0)));

        agent = StartAgent(cluster, clock);
        await using (agent)
        {
            await Status(cluster, status => Waiting(status) >= 6, "what was kept is refused again");
            clock.Set(TimeSpan.Zero);
            string third = Lines(6);
            await File.AppendAllTextAsync(log, third);
            await Status(cluster, status => status.GetProperty("spoolBytes").GetInt64() == 0 && Counter(status, "resealed") >= 6, "everything is sealed again and delivered");
            Assert.NotNull(await agent.Line("sealed again at"));
            long bytes = expected.Length + second.Length + third.Length;
            await Wait.For(() => ArchiveContent.RawBytes(cluster.ArchivePath) >= bytes, "everything is archived", TimeSpan.FromMinutes(2));
            Assert.Equal(0, await agent.Terminate(TimeSpan.FromSeconds(30)));
            await Wait.For(async () => (await cluster.Cli("audit")).ExitCode == 0, "audit says complete", TimeSpan.FromMinutes(1));
            Assert.Equal(bytes, ArchiveContent.RawBytes(cluster.ArchivePath));
            ProcessResult cat = await cluster.Cli("cat", "--host", "ahead-host", "--path", log);
            Assert.True(cat.ExitCode == 0, cat.Errors);
            Assert.Equal(expected + second + third, Encoding.UTF8.GetString(cat.Output));
        }
    }

    private static TailerProcess StartAgent(Cluster cluster, WrongClock clock) =>
        TailerProcess.Start("tailer-agent", ["--config", cluster.Agent.Config], clock.Environment);

    private static async Task<JsonElement> Status(Cluster cluster, Func<JsonElement, bool> condition, string because)
    {
        JsonElement found = default;
        try
        {
            await Wait.For(
                async () =>
                {
                    ProcessResult status = await TailerProcess.Run("tailer-agent", ["--config", cluster.Agent.Config, "--status", "--json"]);
                    return status.ExitCode != 69 && condition(found = JsonDocument.Parse(status.Output).RootElement);
                },
                because,
                TimeSpan.FromMinutes(1));
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}: {found}");
        }
        return found;
    }

    private static long Counter(JsonElement status, string name) =>
        status.GetProperty("counters").EnumerateArray().Where(counter => counter.GetProperty("name").GetString() == name).Sum(counter => counter.GetProperty("value").GetInt64());

    private static long Waiting(JsonElement status) => status.GetProperty("refusedAhead").GetInt64();

    private static string Lines(int burst)
    {
        var text = new StringBuilder();
        for (int i = 0; i < 200; i++)
            text.Append(CultureInfo.InvariantCulture, $"2026-11-22T10:00:{burst:D2}Z INFO orders[7]: burst {burst} line {i}\n");
        return text.ToString();
    }
}
