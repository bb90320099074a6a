using System.Diagnostics;
using System.Globalization;
using Tailer.Testing;
using Tailer.Wire;

namespace Tailer.Bench;

/// <summary>
/// A thousand viewers of one buck, in a process of their own: 20 queries, each matching 100 of 1,000 lines a second; a tenth of them stop
/// reading. Beside these lines an agent sends what nobody looks for, as fast as it did with no viewers; that is the ingest whose speed is compared.
/// </summary>
internal static class ViewersBenchmark
{
    private const int Viewers = 1000;
    private const int Stalled = 100;
    private const int Vanishing = 300;
    private const int LinesPerPacket = 50;
    private const int PacketsPerSecond = 20;

    /// <summary>Half of what one core takes in without anybody watching: a full one would measure the two sharing the machine.</summary>
    private const int OthersPerSecond = 40;

    public static async Task<IReadOnlyList<BenchRow>> Run(BenchSettings settings)
    {
        TimeSpan time = TimeSpan.FromSeconds(settings.Quick ? 20 : 60);
        await using Cluster cluster = Cluster.Create(new ClusterOptions { Paths = ["/nowhere"], Bucks = 1, BucketTime = "60s" });
        ClusterPart buck = cluster.Bucks[0];
        buck.Start();
        await buck.Ready();
        await using var load = await ViewerLoad.ConnectAsync(cluster);
        await load.RunAsync(TimeSpan.FromSeconds(5), LinesPerPacket, PacketsPerSecond, OthersPerSecond);
        ViewerLoad.Outcome before = await load.RunAsync(time / 2, LinesPerPacket, PacketsPerSecond, OthersPerSecond);

        string ticket = Ticket.Issue(CredentialFile.Load(cluster.CredentialPath("operator")), "*", TimeSpan.FromMinutes(20), TimeProvider.System);
        long unseen = load.LinesOfAQuery;
        using AskedProcess clients = await AskedProcess.StartAsync(ViewersPart.Name, cluster.BuckHttp(0), ticket, $"{Viewers}", $"{Stalled}", $"{Vanishing}");
        double rest = PartProcess.PeakMegabytes(buck.Process.Pid);
        await load.RunAsync(TimeSpan.FromSeconds(3), LinesPerPacket, PacketsPerSecond, OthersPerSecond);
        await clients.AskAsync("stall");
        double cpu = ProcessCpu.Seconds(buck.Process.Pid);
        long from = Stopwatch.GetTimestamp();
        ViewerLoad.Outcome with = await load.RunAsync(time, LinesPerPacket, PacketsPerSecond, OthersPerSecond);
        double cores = (ProcessCpu.Seconds(buck.Process.Pid) - cpu) / Stopwatch.GetElapsedTime(from).TotalSeconds;
        Counts healthy = Counts.Of(await clients.AskAsync("count"));
        await clients.AskAsync("resume");
        long expected = load.LinesOfAQuery - unseen;
        Counts all = await SettleAsync(clients, expected);

        await clients.AskAsync("vanish");
        ViewerLoad.Outcome after = await load.RunAsync(TimeSpan.FromSeconds(5), LinesPerPacket, PacketsPerSecond, OthersPerSecond);
        expected += after.LinesOfAQuery;
        Counts left = await SettleAsync(clients, expected);
        await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"viewers: {expected} lines for each; stalled {all.StalledThatDropped} of {Stalled} dropped {all.DroppedByStalled} lines; healthy dropped {all.DroppedByHealthy}; least and greatest of received + dropped {all.Least}, {all.Greatest}; after {Vanishing} vanished {left.Least}, {left.Greatest}, ended {left.Ended}, p99 {left.P99Ms:0.0} ms; ack p99 {before.AckP99Ms:0.0} -> {with.AckP99Ms:0.0} ms; memory before lines {rest:0} MB"));
        bool exact = all.Least == expected - after.LinesOfAQuery && all.Greatest == all.Least && left.Least == expected && left.Greatest == expected && left.Ended == 0;
        return
        [
            new BenchRow("viewers", "p50-ms", healthy.P50Ms, "ms", null, null, null, null),
            new BenchRow("viewers", "p99-ms", healthy.P99Ms, "ms", null, null, "<= 1000", "<= 300"),
            new BenchRow("viewers", "ingest-mb-s", with.OthersMbS, "MB/s", before.OthersMbS, with.OthersMbS / before.OthersMbS, ">= 0.95", null),
            new BenchRow("viewers", "drops-exact", exact ? 1 : 0, "", null, null, ">= 1", null),
            new BenchRow("viewers", "stalled-that-dropped", all.StalledThatDropped, "", null, null, null, null),
            new BenchRow("viewers", "buck-cores", cores, "", null, null, null, null),
            new BenchRow("viewers", "buck-peak-rss-mb", PartProcess.PeakMegabytes(buck.Process.Pid), "MB", null, null, null, null),
        ];
    }

    private static async Task<Counts> SettleAsync(AskedProcess clients, long expected)
    {
        Counts counts = Counts.Of(await clients.AskAsync("count"));
        long from = Stopwatch.GetTimestamp();
        while (counts.Least < expected && Stopwatch.GetElapsedTime(from) < TimeSpan.FromSeconds(20))
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
            await timer.WaitForNextTickAsync();
            counts = Counts.Of(await clients.AskAsync("count"));
        }
        return counts;
    }

    private sealed record Counts(long Least, long Greatest, long DroppedByStalled, int StalledThatDropped, long DroppedByHealthy, int Ended, double P50Ms, double P99Ms)
    {
        public static Counts Of(double[] values) =>
            new((long)values[0], (long)values[1], (long)values[2], (int)values[3], (long)values[4], (int)values[5], values[6], values[7]);
    }
}
