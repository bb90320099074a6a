using Tailer.Testing;

namespace Tailer.Reliability;

/// <summary>Rotation, again and again, faster than anybody rotates.</summary>
internal static class RotationScenarios
{
    private static readonly TimeSpan WritingTime = TimeSpan.FromMinutes(10);

    public static async Task<Outcome> AllKept(ScenarioSize size)
    {
        (int rotations, int lines, int rate) = size == ScenarioSize.Full ? (1000, 10_000, 200_000) : (150, 4_000, 60_000);
        return await Rotate("rename, all kept", rate, rotations, lines, RotationKind.Numbered, 0);
    }

    public static async Task<Outcome> FiveKept(ScenarioSize size)
    {
        (int rotations, int lines, int rate) = size == ScenarioSize.Full ? (1000, 10_000, 200_000) : (150, 4_000, 60_000);
        return await Rotate("rename, five kept", rate, rotations, lines, RotationKind.Shifted, 5);
    }

    public static async Task<Outcome> CopyTruncate(ScenarioSize size)
    {
        (int rotations, int lines, int rate) = size == ScenarioSize.Full ? (60, 40_000, 40_000) : (20, 20_000, 40_000);
        return await Rotate("copytruncate", rate, rotations, lines, RotationKind.CopyTruncate, 5);
    }

    /// <summary>
    /// All bucks are down and the spool takes nothing more, so nothing is read, and few files may be held open: what rotation deletes meanwhile
    /// is lost, and every byte of it must be named.
    /// </summary>
    public static async Task<Outcome> DeletedUnread(ScenarioSize size)
    {
        (int rotations, int lines, int rate) = size == ScenarioSize.Full ? (200, 5_000, 20_000) : (60, 5_000, 20_000);
        await using TailerRun run = await TailerRun.Start(options => options with
        {
            AgentSettings = "handles_max: 16\nrotate_grace: 2s\nspool:\n  max_bytes: 1MiB",
        });
        foreach (ClusterPart buck in run.Cluster.Bucks)
            await buck.Kill9();
        await using WriterProcess writer = run.Write(rate, ((long)rotations * lines) + 777, lines, RotationKind.Shifted, 5);
        WrittenLog written = await writer.End(WritingTime);
        foreach (ClusterPart buck in run.Cluster.Bucks)
            buck.Start();
        Outcome outcome = await run.End("five kept, nothing could be read", written);
        return outcome with { MayLose = true, Note = "bucks down, spool of 1 MiB full, 16 handles" };
    }

    /// <summary>The last file is shorter than the others, so that its end can be told from theirs.</summary>
    private static async Task<Outcome> Rotate(string name, int rate, int rotations, int linesEach, RotationKind kind, int keep)
    {
        await using TailerRun run = await TailerRun.Start();
        await using WriterProcess writer = run.Write(rate, ((long)rotations * linesEach) + 777, linesEach, kind, keep);
        WrittenLog written = await writer.End(WritingTime);
        Outcome outcome = await run.End(name, written);
        return outcome with { MayLose = keep > 0 };
    }
}
