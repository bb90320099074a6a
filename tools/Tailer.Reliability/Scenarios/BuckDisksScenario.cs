using System.Globalization;
using Tailer.Testing;

namespace Tailer.Reliability;

/// <summary>
/// Three bucks with two disks each. A disk of the first fills up, and the buck is killed while it is full; a disk of the second is not at its mount point
/// when the buck is started again after a kill, and comes back while it runs; all are killed in the end.
/// </summary>
internal static class BuckDisksScenario
{
    private const long NoEnd = long.MaxValue / 2;
    private const int LinesPerSecond = 60_000;
    private const int Megabytes = 16;

    public static async Task<Outcome> Run(ScenarioSize size)
    {
        int seconds = size == ScenarioSize.Full ? 8 : 2;
        using SmallDisk small = SmallDisk.Mount(Megabytes);
        using var others = new TempDirectory();
        string[] second = [Path.Combine(small.Path, "disk"), others["disk-2"], others["disk-3"]];
        await using TailerRun run = await TailerRun.Start(options => options with
        {
            BuckData = i => others[$"buck-{i + 1}"],
            BuckSettingsOf = i => $"disks:\n  - path: {others[$"buck-{i + 1}"]}\n  - {{path: {second[i]}, weight: 2}}",
            DiskReserve = "1MiB",
        });
        IReadOnlyList<ClusterPart> bucks = run.Cluster.Bucks;
        await using WriterProcess writer = run.Write(LinesPerSecond, NoEnd, LinesPerSecond);
        await Pass(seconds);
        small.Fill();
        await bucks[0].Process.Line("the disk is full");
        await Pass(seconds);
        await bucks[0].Kill9();
        bucks[0].Start();
        await bucks[0].Ready();

        await bucks[1].Kill9();
        Directory.Move(second[1], others["elsewhere"]);
        Directory.CreateDirectory(second[1], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        bucks[1].Start();
        await bucks[1].Process.Line("Mount the disk");
        await Pass(seconds);
        if (Directory.EnumerateFileSystemEntries(second[1]).Any())
            throw new InvalidOperationException($"the mount point {second[1]} was filled without its disk");
        Directory.Delete(second[1]);
        Directory.Move(others["elsewhere"], second[1]);
        await bucks[1].Process.Line($"disk 1 ({second[1]}) is");

        small.Free();
        // Not every run has it said that there is room: buckets that were pruned meanwhile may have made it before.
        await Pass(seconds);
        foreach (ClusterPart buck in bucks)
        {
            await buck.Kill9();
            buck.Start();
        }
        Outcome outcome = await run.End("disks of bucks full, gone and back", await writer.Stop(), TimeSpan.FromMinutes(5));
        return outcome with { Note = string.Create(CultureInfo.InvariantCulture, $"two disks a buck, one of {Megabytes} MiB") };
    }

    /// <summary>The schedule is the scenario: time has to pass.</summary>
    private static Task Pass(int seconds) => Task.Delay(TimeSpan.FromSeconds(seconds));
}
