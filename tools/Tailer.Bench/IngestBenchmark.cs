using System.Globalization;
using Tailer.Testing;

namespace Tailer.Bench;

/// <summary>
/// What a buck's process costs: packets of real lines, as an agent makes them, sent over the secure channel by another process as fast
/// as they are acknowledged. CPU of the buck from a warm start, user and system, by the bytes it stored; and by packet, of one line each.
/// </summary>
internal static class IngestBenchmark
{
    private const int SmallPackets = 100_000;

    public static async Task<IReadOnlyList<BenchRow>> Run(BenchSettings settings)
    {
        string corpus = await Corpus.Find(settings);
        long bytes = settings.Quick ? 300_000_000 : 1_000_000_000;
        var rows = new List<BenchRow>();
        foreach (int connections in new[] { 1, 2, 4 })
        {
            Cost full = await Measure(corpus, connections, lines: 0, warm: 10_000, mean => (int)(bytes / mean));
            Cost small = await Measure(corpus, connections, lines: 1, warm: 40_000, _ => settings.Quick ? SmallPackets / 2 : SmallPackets);
            string suffix = string.Create(CultureInfo.InvariantCulture, $":{connections}");
            rows.Add(new BenchRow("ingest", "cpu-s-per-stored-gb" + suffix, full.CpuSeconds / full.Bytes * 1e9, "s/GB", null, null, "<= 3", "<= 1.5"));
            rows.Add(new BenchRow("ingest", "mb-s" + suffix, full.Bytes / 1e6 / full.Seconds, "MB/s", null, null, null, null));
            rows.Add(new BenchRow("ingest", "us-per-small-packet" + suffix, small.CpuSeconds / small.Packets * 1e6, "us", null, null, "<= 20", "<= 8"));
            rows.Add(new BenchRow("ingest", "packets-s" + suffix, small.Packets / small.Seconds, "1/s", null, null, null, null));
            rows.Add(new BenchRow("ingest", "peak-rss-mb" + suffix, Math.Max(full.PeakMegabytes, small.PeakMegabytes), "MB", null, null, "<= 200", null));
        }
        return rows;
    }

    private static async Task<Cost> Measure(string corpus, int connections, int lines, int warm, Func<double, int> packets)
    {
        await using Cluster cluster = Cluster.Create(new ClusterOptions { Paths = ["/nowhere"], Bucks = 1, BucketTime = "60s" });
        ClusterPart buck = cluster.Bucks[0];
        buck.Start();
        await buck.Ready();
        using AskedProcess clients = await AskedProcess.StartAsync(IngestPart.Name, cluster.BuckAddress(0).ToString(), cluster.CredentialPath("agent"), "agent", corpus,
            connections.ToString(CultureInfo.InvariantCulture), lines.ToString(CultureInfo.InvariantCulture));
        double[] warmed = await clients.AskAsync(warm.ToString(CultureInfo.InvariantCulture));
        double cpu = ProcessCpu.Seconds(buck.Process.Pid);
        double[] sent = await clients.AskAsync(packets(warmed[1] / warmed[0]).ToString(CultureInfo.InvariantCulture));
        cpu = ProcessCpu.Seconds(buck.Process.Pid) - cpu;
        var cost = new Cost(sent[0], sent[1], sent[2], cpu, PartProcess.PeakMegabytes(buck.Process.Pid));
        await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"ingest: {connections} connections, {cost.Packets} packets of {cost.Bytes / cost.Packets:0} bytes in {cost.Seconds:0.0} s, {cost.CpuSeconds:0.00} CPU s, {cost.PeakMegabytes:0} MB, longest acknowledgement {sent[3]:0} ms"));
        return cost;
    }

    private readonly record struct Cost(double Packets, double Bytes, double Seconds, double CpuSeconds, double PeakMegabytes);
}
