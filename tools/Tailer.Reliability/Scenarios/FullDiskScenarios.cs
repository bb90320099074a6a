using System.Globalization;
using Tailer.Testing;

namespace Tailer.Reliability;

/// <summary>Disks that fill up under the agent or under a buck, and get room again.</summary>
internal static class FullDiskScenarios
{
    private const long NoEnd = long.MaxValue / 2;
    private const int LinesPerSecond = 60_000;
    private const int Megabytes = 16;

    /// <summary>A disk that has no room for anything else.</summary>
    private const long FullBelowBytes = 512 * 1024;

    /// <summary>
    /// Somebody else fills the agent's disk and later gives it back; the agent is killed in both states. Then it fills its disk by itself, because
    /// all bucks are down and the disk is smaller than the spool may be; and in the end there is more in all than the disk could ever hold.
    /// </summary>
    public static async Task<Outcome> AgentState(ScenarioSize size)
    {
        int seconds = size == ScenarioSize.Full ? 8 : 2;
        using SmallDisk disk = SmallDisk.Mount(Megabytes);
        await using TailerRun run = await TailerRun.Start(options => options with { AgentState = Path.Combine(disk.Path, "state") });
        ClusterPart agent = run.Cluster.Agent;
        await using WriterProcess writer = run.Write(LinesPerSecond, NoEnd, LinesPerSecond);
        await Pass(seconds);
        disk.Fill();
        await Pass(seconds);
        await agent.Kill9();
        agent.Start();
        await Pass(seconds);
        disk.Free();
        await Pass(seconds);
        await agent.Kill9();
        agent.Start();
        foreach (ClusterPart buck in run.Cluster.Bucks)
            await buck.Kill9();
        await Wait.For(() => disk.FreeBytes < FullBelowBytes, "the spool has filled the disk", TimeSpan.FromMinutes(3));
        foreach (ClusterPart buck in run.Cluster.Bucks)
            buck.Start();
        Outcome outcome = await run.End("agent's disk full and freed", await writer.Stop(), TimeSpan.FromMinutes(5));
        return outcome with { Note = Note() };
    }

    /// <summary>The disks of two of three bucks fill up, so that no second copy can be had; later they get room.</summary>
    public static async Task<Outcome> BuckData(ScenarioSize size)
    {
        int seconds = size == ScenarioSize.Full ? 8 : 2;
        using SmallDisk first = SmallDisk.Mount(Megabytes);
        using SmallDisk second = SmallDisk.Mount(Megabytes);
        await using TailerRun run = await TailerRun.Start(options => options with
        {
            BuckData = i => i switch { 0 => Path.Combine(first.Path, "data"), 1 => Path.Combine(second.Path, "data"), _ => null },
            DiskReserve = "1MiB",
        });
        await using WriterProcess writer = run.Write(LinesPerSecond, NoEnd, LinesPerSecond);
        await Pass(seconds);
        first.Fill();
        await Pass(seconds);
        second.Fill();
        await Pass(seconds);
        await run.Cluster.Bucks[0].Kill9();
        run.Cluster.Bucks[0].Start();
        await Pass(seconds);
        first.Free();
        await Pass(seconds);
        second.Free();
        await Pass(seconds);
        Outcome outcome = await run.End("disks of two bucks full and freed", await writer.Stop(), TimeSpan.FromMinutes(5));
        return outcome with { Note = Note() };
    }

    private static string Note() => string.Create(CultureInfo.InvariantCulture, $"disks of {Megabytes} MiB");

    /// <summary>The schedule is the scenario: time has to pass.</summary>
    private static Task Pass(int seconds) => Task.Delay(TimeSpan.FromSeconds(seconds));
}
