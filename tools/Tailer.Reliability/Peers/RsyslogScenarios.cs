using System.Diagnostics;

namespace Tailer.Reliability;

/// <summary>What is done to Tailer, done to rsyslog: same writer, same pauses between kills.</summary>
internal static class RsyslogScenarios
{
    private const long NoEnd = long.MaxValue / 2;

    private static readonly TimeSpan WritingTime = TimeSpan.FromMinutes(10);

    /// <summary>What rsyslog takes in here with room left; the rate of its second rows.</summary>
    public const int BearableRate = 20_000;

    /// <summary>At a lower rate fewer rotations, so that it takes a minute.</summary>
    public static Task<Outcome> AllKept(ScenarioSize size, int rate) =>
        Rotate("rename, all kept", rate, Rotations(size, rate), 10_000, RotationKind.Numbered, 0);

    public static Task<Outcome> FiveKept(ScenarioSize size, int rate) =>
        Rotate("rename, five kept", rate, Rotations(size, rate), 10_000, RotationKind.Shifted, 5);

    public static Task<Outcome> CopyTruncate(ScenarioSize size) =>
        Rotate("copytruncate", 40_000, size == ScenarioSize.Full ? 60 : 10, 40_000, RotationKind.CopyTruncate, 5);

    /// <param name="size">Full: 20 kills.</param>
    /// <param name="queue">Which queue.</param>
    /// <param name="rate">Lines a second.</param>
    /// <param name="rotate">As with Tailer, so that files are renamed while rsyslog is down; else all lines are in one file.</param>
    public static async Task<Outcome> TwentyKills(ScenarioSize size, string queue, int rate, bool rotate)
    {
        await using RsyslogRun run = await RsyslogRun.Start(queue, relp: true);
        await using WriterProcess writer = run.Write(rate, NoEnd, rotate ? Math.Max(10_000, rate * 5 / 6) : NoEnd);
        var random = new Random(1);
        for (int i = 0; i < (size == ScenarioSize.Full ? 20 : 5); i++)
            await KillAfter(run.Sender, TimeSpan.FromSeconds(1 + random.NextDouble()));
        return await run.End(rotate ? KillScenarios.TwentyKillsName : KillScenarios.TwentyKillsName + ", never rotated", await writer.Stop());
    }

    public static async Task<Outcome> KillsForAMinute(ScenarioSize size)
    {
        await using RsyslogRun run = await RsyslogRun.Start(RsyslogSettings.DiskAssisted, relp: true);
        await using WriterProcess writer = run.Write(BearableRate, NoEnd, BearableRate);
        var random = new Random(2);
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < (size == ScenarioSize.Full ? 60 : 10))
            await KillAfter(run.Sender, TimeSpan.FromSeconds(0.1 + (random.NextDouble() * 1.9)));
        return await run.End(KillScenarios.MinuteName, await writer.Stop());
    }

    private static int Rotations(ScenarioSize size, int rate) => size == ScenarioSize.Full ? Math.Min(1000, rate * 60 / 10_000) : 20;

    private static async Task<Outcome> Rotate(string name, int rate, int rotations, int linesEach, RotationKind kind, int keep)
    {
        await using RsyslogRun run = await RsyslogRun.Start(RsyslogSettings.DiskAssisted, relp: false);
        await using WriterProcess writer = run.Write(rate, ((long)rotations * linesEach) + 777, linesEach, kind, keep);
        return await run.End(name, await writer.End(WritingTime));
    }

    private static async Task KillAfter(RsyslogProcess process, TimeSpan time)
    {
        // The schedule is the scenario: time has to pass.
        await Task.Delay(time);
        await process.Kill9();
        process.Start();
    }
}
