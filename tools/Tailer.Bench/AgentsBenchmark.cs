using System.Globalization;
using Tailer.Testing;

namespace Tailer.Bench;

/// <summary>
/// Ten thousand agents, each with a connection of its own and a packet of ten lines every ten seconds, beside one that sends as fast as
/// it can. Lateness is from when a packet was due until it is acknowledged, of the ten thousand; memory is the buck's greatest.
/// </summary>
internal static class AgentsBenchmark
{
    private const int Agents = 10_000;

    /// <summary>A process has handles for so many connections and its own.</summary>
    private const int Processes = 2;

    private const double PeriodSeconds = 10;

    public static async Task<IReadOnlyList<BenchRow>> Run(BenchSettings settings)
    {
        string corpus = await Corpus.Find(settings);
        double seconds = settings.Quick ? 20 : 60;
        await using Cluster cluster = Cluster.Create(new ClusterOptions { Paths = ["/nowhere"], Bucks = 1, BucketTime = "60s" });
        ClusterPart buck = cluster.Bucks[0];
        buck.Start();
        await buck.Ready();
        string address = cluster.BuckAddress(0).ToString(), credential = cluster.CredentialPath("agent");
        using AskedProcess one = await AskedProcess.StartAsync(IngestPart.Name, address, credential, "agent", corpus, "1", "0");
        var many = new List<AskedProcess>();
        try
        {
            for (int i = 0; i < Processes; i++)
                many.Add(await AskedProcess.StartAsync(AgentsPart.Name, address, credential, "agent", corpus, Text(Agents / Processes), Text(PeriodSeconds)));
            double connected = PartProcess.PeakMegabytes(buck.Process.Pid);
            Task<double[]>[] sending = [.. many.Select(part => part.AskAsync(Text(seconds)))];
            (double packets, double bytes, double busy) = await FullSpeed(one, Task.WhenAll(sending));
            double[][] late = await Task.WhenAll(sending);
            double peak = PartProcess.PeakMegabytes(buck.Process.Pid);
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"agents: {late.Sum(l => l[0])} packets of {Agents} agents, and {packets} of one in {busy:0.0} s; memory with all connected {connected:0} MB, then {peak:0} MB"));
            return
            [
                new BenchRow("agents", "ack-p50-ms", late.Max(l => l[1]), "ms", null, null, null, null),
                new BenchRow("agents", "ack-p99-ms", late.Max(l => l[2]), "ms", null, null, null, null),
                new BenchRow("agents", "ack-max-ms", late.Max(l => l[3]), "ms", null, null, "<= 2000", null),
                new BenchRow("agents", "mb-s-beside", bytes / 1e6 / busy, "MB/s", null, null, null, null),
                new BenchRow("agents", "peak-rss-mb", peak, "MB", null, null, "<= 300", null),
            ];
        }
        finally
        {
            many.ForEach(part => part.Dispose());
        }
    }

    private static async Task<(double Packets, double Bytes, double Seconds)> FullSpeed(AskedProcess one, Task others)
    {
        (double packets, double bytes, double seconds) = (0, 0, 0);
        while (!others.IsCompleted)
        {
            double[] sent = await one.AskAsync("1000");
            packets += sent[0];
            bytes += sent[1];
            seconds += sent[2];
        }
        return (packets, bytes, seconds);
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
