using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Tailer.Testing;

namespace Tailer.Bench;

/// <summary>What a buck's scrub costs at the rate it is shipped with: CPU of a buck that does nothing else, over stored packets of real lines.</summary>
internal static partial class ScrubBenchmark
{
    private const int Packets = 12_000;

    public static async Task<IReadOnlyList<BenchRow>> Run(BenchSettings settings)
    {
        string corpus = await Corpus.Find(settings);
        await using Cluster cluster = Cluster.Create(new ClusterOptions { Paths = ["/nowhere"], Bucks = 1, BucketTime = "60s", BuckSettings = "scrub_pause: 100ms" });
        ClusterPart buck = cluster.Bucks[0];
        buck.Start();
        await buck.Ready();
        using (AskedProcess clients = await AskedProcess.StartAsync(IngestPart.Name, cluster.BuckAddress(0).ToString(), cluster.CredentialPath("agent"), "agent", corpus, "1", "0"))
            await clients.AskAsync(Packets.ToString(CultureInfo.InvariantCulture));
        using var http = new HttpClient { BaseAddress = new Uri(cluster.BuckHttp(0)) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", cluster.Token);
        // What writing leaves to be done is not the scrub's.
        await Task.Delay(TimeSpan.FromSeconds(5));
        (double bytes, double cpu) = (await ScrubbedBytes(http), ProcessCpu.Seconds(buck.Process.Pid));
        var time = Stopwatch.StartNew();
        await Task.Delay(TimeSpan.FromSeconds(settings.Quick ? 20 : 90));
        (bytes, cpu) = (await ScrubbedBytes(http) - bytes, ProcessCpu.Seconds(buck.Process.Pid) - cpu);
        double seconds = time.Elapsed.TotalSeconds;
        return
        [
            new BenchRow("scrub", "cpu-percent", cpu / seconds * 100, "%", null, null, null, null),
            new BenchRow("scrub", "mb-s", bytes / 1e6 / seconds, "MB/s", null, null, null, null),
        ];
    }

    private static async Task<double> ScrubbedBytes(HttpClient http)
    {
        string metrics = await http.GetStringAsync("/metrics");
        Match value = Counter().Match(metrics);
        return value.Success ? double.Parse(value.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
    }

    [GeneratedRegex(@"^tailer_buck_scrubbed_bytes\S*(?:\{[^}]*\})? (\S+)", RegexOptions.Multiline)]
    private static partial Regex Counter();
}
