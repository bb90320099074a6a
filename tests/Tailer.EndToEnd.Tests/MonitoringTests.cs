using System.Globalization;
using System.Text.RegularExpressions;
using Tailer.Testing;
using Xunit.Abstractions;

namespace Tailer.EndToEnd.Tests;

/// <summary>Counters over copies, and checks of them, with real processes.</summary>
public sealed partial class MonitoringTests(ITestOutputHelper output)
{
    private const string Counters = """
        counters:
          - name: errors
            query: error
            by: [host]
        """;

    private long written;
    private long errors;

    [Fact]
    public async Task Counters_are_exact_without_a_fault_and_off_by_no_more_than_they_say_after_kills()
    {
        using var logs = new TempDirectory();
        await using Cluster cluster = await Cluster.Start(new ClusterOptions { Paths = [logs["app.log"]], Host = "web1", BuckSettings = Counters });
        await using var log = new StreamWriter(logs["app.log"]) { AutoFlush = true };
        Write(log, 20_000);
        await Wait.For(async () => (await Sum(cluster)).Count == errors, "all errors are counted", TimeSpan.FromMinutes(1));
        Assert.Equal((errors, 0), await Sum(cluster));

        ProcessResult check = await cluster.Cli("check", "--query", "error", "--over", "1h", "--warn", "10", "--crit", "1000:");
        Assert.Equal($"TAILER WARNING - {errors} lines match error in 1h | lines={errors};10;1000:;0\n", check.Text);
        Assert.Equal(1, check.ExitCode);

        for (int kill = 0; kill < 6; kill++)
        {
            ClusterPart part = kill % 3 == 2 ? cluster.Agent : cluster.Bucks[kill % 3];
            Task writing = Task.Run(() => Write(log, 30_000));
            await part.Kill9();
            part.Start();
            await part.Ready();
            await writing;
        }
        await Wait.For(async () => (await cluster.Cli("check", "--query", "error", "--over", "1h", "--crit", $"{errors}:{errors}")).ExitCode == 0, "all errors are found", TimeSpan.FromMinutes(1));
        (long count, long uncertain) = await Sum(cluster);
        output.WriteLine($"{written} lines, {errors} errors, {count} counted, {uncertain} uncertain after {cluster.Parts.Sum(p => p.Kills)} kills");
        Assert.True(Math.Abs(count - errors) <= uncertain, $"{errors} errors, {count} counted, {uncertain} uncertain");
    }

    private void Write(StreamWriter log, int lines)
    {
        for (int i = 0; i < lines; i++)
        {
            bool isError = written++ % 3 == 0;
            log.WriteLine($"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ} web1 app[7]: {(isError ? "error" : "info")} {written}");
            errors += isError ? 1 : 0;
        }
    }

    /// <summary>Over all bucks: the counts, and by how much they may be off.</summary>
    private static async Task<(long Count, long Uncertain)> Sum(Cluster cluster)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", cluster.Token);
        long count = 0, uncertain = 0;
        for (int i = 0; i < cluster.Bucks.Count; i++)
        {
            string text = await http.GetStringAsync(new Uri($"{cluster.BuckHttp(i)}/metrics"));
            count += Values(text, "tailer_counter_events_total");
            uncertain += Values(text, "tailer_counter_uncertain_events_total");
        }
        return (count, uncertain);
    }

    private static long Values(string metrics, string name) =>
        Sample().Matches(metrics).Where(m => m.Groups[1].Value == name).Sum(m => long.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex("^(\\w+)\\{[^}]*\\} (\\d+)$", RegexOptions.Multiline)]
    private static partial Regex Sample();
}
