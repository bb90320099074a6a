using System.Diagnostics;
using Tailer.Testing;

namespace Tailer.Reliability;

/// <summary>kill -9 of agent and bucks while lines are written and files are renamed.</summary>
internal static class KillScenarios
{
    public const string TwentyKillsName = "20 kills -9 of what follows the file";
    public const string MinuteName = "the same every 0.1 to 2 s for a minute";

    private const long NoEnd = long.MaxValue / 2;

    public static async Task<Outcome> TwentyKills(ScenarioSize size)
    {
        (int kills, int rate, int rotateLines) = size == ScenarioSize.Full ? (20, 300_000, 250_000) : (8, 50_000, 40_000);
        await using TailerRun run = await TailerRun.Start();
        await using WriterProcess writer = run.Write(rate, NoEnd, rotateLines);
        var random = new Random(1);
        for (int i = 0; i < kills; i++)
            await KillAfter(run.Cluster.Agent, TimeSpan.FromSeconds(1 + random.NextDouble()));
        return await run.End(TwentyKillsName, await writer.Stop());
    }

    /// <summary>Many of these come before the agent has done anything at all.</summary>
    public static async Task<Outcome> KillsForAMinute(ScenarioSize size)
    {
        (int seconds, int rate, int rotateLines) = size == ScenarioSize.Full ? (60, 100_000, 100_000) : (15, 30_000, 30_000);
        await using TailerRun run = await TailerRun.Start();
        await using WriterProcess writer = run.Write(rate, NoEnd, rotateLines);
        var random = new Random(2);
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
            await KillAfter(run.Cluster.Agent, TimeSpan.FromSeconds(0.1 + (random.NextDouble() * 1.9)));
        return await run.End(MinuteName, await writer.Stop());
    }

    /// <summary>Two of three die at once; while they are down the third does too, and the first of them again as soon as it is back.</summary>
    public static async Task<Outcome> BothBucks(ScenarioSize size)
    {
        (int rounds, int rate, int rotateLines) = size == ScenarioSize.Full ? (5, 100_000, 100_000) : (2, 30_000, 30_000);
        await using TailerRun run = await TailerRun.Start();
        IReadOnlyList<ClusterPart> bucks = run.Cluster.Bucks;
        await using WriterProcess writer = run.Write(rate, NoEnd, rotateLines);
        for (int i = 0; i < rounds; i++)
        {
            (ClusterPart first, ClusterPart second, ClusterPart third) = (bucks[i % 3], bucks[(i + 1) % 3], bucks[(i + 2) % 3]);
            await Pass(TimeSpan.FromSeconds(2));
            await Task.WhenAll(first.Kill9(), second.Kill9());
            await Pass(TimeSpan.FromSeconds(1));
            await third.Kill9();
            await Pass(TimeSpan.FromSeconds(1));
            await Restart(first);
            await Pass(TimeSpan.FromSeconds(0.3));
            await first.Kill9();
            foreach (ClusterPart buck in (ClusterPart[])[first, second, third])
                await Restart(buck);
        }
        Outcome outcome = await run.End("both bucks of a pair killed, then the third", await writer.Stop());
        return outcome with { Kills = bucks.Sum(buck => buck.Kills) };
    }

    private static async Task Restart(ClusterPart part)
    {
        part.Start();
        await part.Ready();
    }

    private static async Task KillAfter(ClusterPart part, TimeSpan time)
    {
        await Pass(time);
        await part.Kill9();
        part.Start();
    }

    /// <summary>The schedule is the scenario: time has to pass.</summary>
    private static Task Pass(TimeSpan time) => Task.Delay(time);
}
