using System.Globalization;
using Tailer.Testing;

namespace Tailer.Bench;

/// <summary>
/// The packaged agent catches up with a file that is already there: reading, tokenizing, compressing, spooling, encrypting and two acknowledged
/// copies, start of the process included. CPU against the program <c>zstd -1</c> over the same file.
/// </summary>
internal static class AgentBenchmark
{
    private const int Copies = 2;

    /// <summary>Ours and theirs in turn; the least of each counts.</summary>
    private const int Repeats = 6;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    public static async Task<IReadOnlyList<BenchRow>> Run(BenchSettings settings)
    {
        string corpus = await Corpus.Find(settings);
        double gigabytes = new FileInfo(corpus).Length / 1e9;
        await using Cluster cluster = Cluster.Create(new ClusterOptions { Paths = [corpus], BucketTime = "60s" });
        await cluster.StartBucks();
        BuckContent[] stored = [.. Enumerable.Range(0, cluster.Bucks.Count).Select(i => new BuckContent(cluster.BuckData(i)))];
        // Bucks run for months: what they compile in their first seconds is not to be in the agent's way.
        await Measure(cluster, stored, corpus);
        CatchUp best = await Measure(cluster, stored, corpus);
        double theirs = ZstdSeconds(corpus);
        for (int i = 1; i < Repeats; i++)
        {
            CatchUp next = await Measure(cluster, stored, corpus);
            best = new CatchUp(Math.Min(best.CpuSeconds, next.CpuSeconds), Math.Min(best.WallSeconds, next.WallSeconds), Math.Max(best.PeakMegabytes, next.PeakMegabytes));
            theirs = Math.Min(theirs, ZstdSeconds(corpus));
        }
        return
        [
            new BenchRow("agent", "cpu", best.CpuSeconds / gigabytes, "s/GB", theirs / gigabytes, best.CpuSeconds / theirs, "<= 1.5", "<= 1"),
            new BenchRow("agent", "mb-s", gigabytes * 1000 / best.WallSeconds, "MB/s", null, null, null, null),
            new BenchRow("agent", "peak-rss-mb", best.PeakMegabytes, "MB", null, null, "<= 120", null),
        ];
    }

    /// <summary>From the start of an agent that knows nothing to the last byte in the second buck.</summary>
    private static async Task<CatchUp> Measure(Cluster cluster, BuckContent[] stored, string corpus)
    {
        long bytes = new FileInfo(corpus).Length, before = stored.Sum(buck => buck.Look());
        double bucksBefore = BuckSeconds(cluster);
        if (Directory.Exists(cluster.AgentState))
            Directory.Delete(cluster.AgentState, recursive: true);
        DateTime started = DateTime.UtcNow;
        await using TailerProcess agent = TailerProcess.StartFile(AgentPackage.Executable, ["--config", cluster.Agent.Config], Settings(), "/");
        await agent.Until(() => stored.Sum(buck => buck.Look()) >= before + bytes * Copies, "both copies of the file are in the bucks", Longest);
        double wall = (stored.Max(buck => buck.LastWrite) - started).TotalSeconds;
        var result = new CatchUp(ProcessCpu.Seconds(agent.Pid), wall, PartProcess.PeakMegabytes(agent.Pid));
        string bucks = ((BuckSeconds(cluster) - bucksBefore) / bytes * 1e9).ToString("0.00", CultureInfo.InvariantCulture);
        await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"agent: {bytes} bytes in {wall:0.0} s with {result.CpuSeconds:0.00} CPU s, {result.PeakMegabytes:0} MB; bucks {bucks} CPU s/GB raw"));
        return result;
    }

    private static double BuckSeconds(Cluster cluster) => cluster.Bucks.Sum(buck => ProcessCpu.Seconds(buck.Process.Pid));

    /// <summary>The runtime's settings, which may be tried out; nothing else of this environment.</summary>
    private static Dictionary<string, string> Settings() => Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
        .Where(variable => ((string)variable.Key).StartsWith("DOTNET_", StringComparison.Ordinal)).ToDictionary(variable => (string)variable.Key, variable => (string)variable.Value!);

    private static double ZstdSeconds(string corpus) => ToolRun.Of("zstd -1 -q -c \"$1\" >/dev/null", corpus).CpuSeconds;

    private readonly record struct CatchUp(double CpuSeconds, double WallSeconds, double PeakMegabytes);
}
