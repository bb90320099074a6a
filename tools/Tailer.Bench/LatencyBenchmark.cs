using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Playwright;
using Tailer.Testing;
using Tailer.Wire;

namespace Tailer.Bench;

/// <summary>
/// 100 lines a second are written to a file; each carries its number. A reader of <c>GET /tail</c> on every buck, and then a live
/// page in Chromium, note when each first arrives.
/// </summary>
internal static class LatencyBenchmark
{
    private const int LinesPerSecond = 100;

    public static async Task<IReadOnlyList<BenchRow>> Run(BenchSettings settings)
    {
        int lines = LinesPerSecond * (settings.Quick ? 10 : 60);
        using var directory = new TempDirectory();
        string log = directory.File("latency.log", "");
        await using Cluster cluster = await Cluster.Start(new ClusterOptions { Paths = [log], BucketTime = "10s", Span = "1m", ArchiveAfter = "10m" });
        double[] tail = [.. (await Tail(cluster, log, lines)).Order()];
        double[] browser = [.. (await Browser(cluster, log, lines)).Order()];
        return
        [
            new BenchRow("latency", "tail-p50-ms", Percentile.OfSorted(tail, 0.5), "ms", null, null, null, null),
            new BenchRow("latency", "tail-p99-ms", Percentile.OfSorted(tail, 0.99), "ms", null, null, "<= 20", "<= 8"),
            new BenchRow("latency", "browser-p50-ms", Percentile.OfSorted(browser, 0.5), "ms", null, null, null, null),
            new BenchRow("latency", "browser-p99-ms", Percentile.OfSorted(browser, 0.99), "ms", null, null, "<= 100", "<= 25"),
        ];
    }

    private static async Task<double[]> Tail(Cluster cluster, string log, int lines)
    {
        var arrived = new ConcurrentDictionary<int, double>();
        using var stop = new CancellationTokenSource();
        string ticket = Ticket.Issue(CredentialFile.Load(cluster.CredentialPath("operator")), "*", TimeSpan.FromMinutes(10), TimeProvider.System);
        Task[] readers = [.. Enumerable.Range(0, cluster.Bucks.Count).Select(i => ReadTail(cluster.BuckHttp(i), ticket, "t", arrived, stop.Token))];
        await WarmUp(log, "t", arrived);
        double[] written = await WriteLines(log, "t", 1000, lines);
        await Wait.For(() => Enumerable.Range(1000, lines).All(arrived.ContainsKey), "every line has arrived at a tail reader");
        await stop.CancelAsync();
        await Task.WhenAll(readers);
        return [.. Enumerable.Range(0, lines).Select(i => arrived[1000 + i] - written[i])];
    }

    private static async Task ReadTail(string url, string ticket, string mark, ConcurrentDictionary<int, double> arrived, CancellationToken stop)
    {
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{url}/tail?q=");
        request.Headers.Authorization = new("Bearer", ticket);
        try
        {
            using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
            response.EnsureSuccessStatusCode();
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(stop), Encoding.UTF8);
            while (await reader.ReadLineAsync(stop) is { } line)
            {
                if (NumberOf(line, mark) is { } number)
                    arrived.TryAdd(number, NowMs());
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }
    }

    private static async Task<double[]> Browser(Cluster cluster, string log, int lines)
    {
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(Browsers.Headless);
        IPage page = await browser.NewPageAsync();
        await page.GotoAsync($"{cluster.ArchieUrl}/?token={cluster.Token}");
        await page.GetByTestId("live-filter").WaitForAsync();
        await page.EvaluateAsync(
            """
            () => {
              const seen = window.arrivedAt = {};
              const look = () => {
                const now = performance.timeOrigin + performance.now();
                for (const row of document.querySelectorAll('[data-testid=live-row]')) {
                  const found = /latency b number (\d+) /.exec(row.textContent);
                  if (found && !(found[1] in seen)) seen[found[1]] = now;
                }
              };
              new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
            }
            """);
        int warm = 0;
        await Wait.For(
            async () =>
            {
                await Append(log, "b", warm++);
                return await page.EvaluateAsync<int>("() => Object.keys(window.arrivedAt).length") > 0;
            },
            "the page shows lines");
        double[] written = await WriteLines(log, "b", 1000, lines);
        await Wait.For(async () => await page.EvaluateAsync<bool>($"() => String({1000 + lines - 1}) in window.arrivedAt"), "the page shows the last line");
        Dictionary<string, double> arrived = await page.EvaluateAsync<Dictionary<string, double>>("() => window.arrivedAt");
        int[] missing = [.. Enumerable.Range(1000, lines).Where(n => !arrived.ContainsKey(n.ToString(CultureInfo.InvariantCulture)))];
        if (missing.Length > 0)
            throw new InvalidOperationException($"{missing.Length} of {lines} lines never stood on the page, the first is {missing[0]}");
        return [.. Enumerable.Range(0, lines).Select(i => arrived[(1000 + i).ToString(CultureInfo.InvariantCulture)] - written[i])];
    }

    private static async Task WarmUp(string log, string mark, ConcurrentDictionary<int, double> arrived)
    {
        int number = 0;
        await Wait.For(
            async () =>
            {
                await Append(log, mark, number++);
                return !arrived.IsEmpty;
            },
            "the first line arrives");
    }

    /// <summary>Writes at a steady rate; returns when each line was written, in ms since the Unix epoch.</summary>
    private static async Task<double[]> WriteLines(string log, string mark, int first, int lines)
    {
        var written = new double[lines];
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1000.0 / LinesPerSecond));
        for (int i = 0; i < lines; i++)
        {
            await timer.WaitForNextTickAsync();
            written[i] = NowMs();
            await Append(log, mark, first + i);
        }
        return written;
    }

    private static Task Append(string log, string mark, int number) => File.AppendAllTextAsync(log,
        string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ} host-1 bench[1]: INFO latency {mark} number {number} of a steady stream of lines, as long as lines are\n"));

    private static int? NumberOf(string line, string mark)
    {
        string before = $"latency {mark} number ";
        int at = line.IndexOf(before, StringComparison.Ordinal);
        return at >= 0 && int.TryParse(line.AsSpan(at + before.Length).ToString().Split(' ')[0], CultureInfo.InvariantCulture, out int number) ? number : null;
    }

    /// <summary>A wall clock finer than a tick of the system's: both ends are on this machine.</summary>
    private static double NowMs() => (DateTime.UtcNow - DateTime.UnixEpoch).TotalMilliseconds;
}
