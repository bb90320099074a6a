using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tailer.Blocks;
using Tailer.Testing;
using Tailer.Wire;

namespace Tailer.EndToEnd.Tests;

/// <summary>Rules with real processes: what they take out is nowhere, what they leave is exact, and every place says what they did.</summary>
public sealed partial class RuleTests
{
    private const string Host = "rule-host";
    private const int Rate = 5;
    private const int Burst = 100;

    [Fact]
    public async Task What_rules_hide_is_in_no_file_and_on_no_way_out_and_all_else_is_exact()
    {
        using var logs = new TempDirectory();
        RuledLog log = MakeLog();
        string path = logs.File("shop.log", log.Text);
        await using Cluster cluster = Cluster.Create(Options(path, $$"""
                drop: ["level:debug", '"GET /healthz"']
                limit: {rate: {{Rate}}, burst: {{Burst}}}
                mask: [token, card, email, '/customer=(?<mask>[0-9]+)/']
                tags: {team: shop, tier: web}
                continues: java
            """));
        foreach (ClusterPart part in cluster.Bucks.Append(cluster.Archie))
            part.Start();
        foreach (ClusterPart part in cluster.Bucks.Append(cluster.Archie))
            await part.Ready();
        string tailed;
        await using (var tails = await Tails.Begin(cluster))
        {
            cluster.Agent.Start();
            cluster.Porter.Start();
            tailed = await tails.End();
            // Out of the bucks first, and out of the archive later.
            await AssertCatAndAudit(cluster, path, log);
            long sent = log.Events(Rate).Sum(e => (long)Encoding.UTF8.GetByteCount(e.Text));
            await Wait.For(() => ArchiveContent.RawBytes(cluster.ArchivePath) >= sent, "all that is sent is archived", TimeSpan.FromMinutes(1));
        }
        await AssertCatAndAudit(cluster, path, log);
        await AssertFoundNowhere(cluster, log, tailed);
        ProcessResult trial = await TailerProcess.Run("tailer-agent", ["--config", cluster.Agent.Config, "--try", path, "--lines", "100000"]);
        foreach (ClusterPart part in cluster.Parts)
            await part.Stop();

        List<HeldEvent> held = HeldEvents.Below(cluster.Root);
        Assert.True(held.Select(e => e.Place).Distinct().Count() >= 3, "spool, buckets or segments were looked into");
        foreach (string secret in log.Secrets)
            Assert.DoesNotContain(held, e => e.Text.Contains(secret, StringComparison.OrdinalIgnoreCase) || e.Source.Path.Contains(secret, StringComparison.Ordinal));
        AssertInNoFile(cluster.Root, log.Secrets);

        HeldEvent[] archived = [.. held.Where(e => e.Place.StartsWith(cluster.ArchivePath, StringComparison.Ordinal)).OrderBy(e => e.Offset)];
        Assert.Equal(log.Events(Rate).Select(e => ((ulong)e.Offset, e.Text, e.IsAltered)), archived.Select(e => (e.Offset, e.Text, e.Flags.HasFlag(EventFlags.Altered))));
        Assert.All(archived, e => Assert.Equal([new("team", "shop"), new("tier", "web")], e.Source.Tags));
        AssertSameAsTried(TryOutput.Read(trial.Text), archived, log);
    }

    [Fact]
    public async Task A_limit_counts_every_line_once_although_the_agent_is_killed_in_the_middle()
    {
        const int lines = 30_000, rate = 50;
        using var logs = new TempDirectory();
        string path = logs.File("flood.log", "");
        await using Cluster cluster = Cluster.Create(Options(path, $$"""
                limit: {rate: {{rate}}, burst: {{2 * rate}}}
            """));
        foreach (ClusterPart part in cluster.Bucks.Append(cluster.Agent))
            part.Start();
        string[] written = [.. Enumerable.Range(0, lines).Select(i => string.Create(CultureInfo.InvariantCulture, $"2026-11-22T10:00:00Z INFO flood number {i:D6} of many lines that say nothing at all\n"))];
        Task writing = Task.Run(async () =>
        {
            await using var file = new StreamWriter(path, append: true, Encoding.ASCII) { AutoFlush = true };
            foreach (string[] batch in written.Chunk(50))
            {
                file.Write(string.Concat(batch));
                await Task.Delay(10); // pause: the flood's pace
            }
        });
        for (int kill = 0; kill < 4; kill++)
        {
            long before = new FileInfo(path).Length;
            await Wait.For(() => new FileInfo(path).Length > before + (written[0].Length * 1000), "the flood goes on");
            await cluster.Agent.Kill9();
            cluster.Agent.Start();
        }
        await writing;
        await File.AppendAllTextAsync(path, "2026-11-22T11:00:00Z INFO an hour later\n");
        string cat = "";
        await Wait.For(async () => (cat = (await cluster.Cli("cat", "--host", Host, "--path", path)).Text).EndsWith("an hour later\n", StringComparison.Ordinal), "the last line is there", TimeSpan.FromMinutes(1));
        Assert.Equal(0, await cluster.Agent.Stop());

        int next = 0, records = 0, suppressed = 0;
        foreach (string line in cat.Split('\n', StringSplitOptions.RemoveEmptyEntries).SkipLast(1))
        {
            if (SuppressedLine().Match(line) is { Success: true } record)
            {
                int count = int.Parse(record.Groups[1].Value, CultureInfo.InvariantCulture);
                Assert.Equal((next * written[0].Length, (next + count) * written[0].Length), (int.Parse(record.Groups[2].Value, CultureInfo.InvariantCulture), int.Parse(record.Groups[3].Value, CultureInfo.InvariantCulture)));
                next += count;
                suppressed += count;
                records++;
                continue;
            }
            Assert.Equal(written[next], line + "\n");
            next++;
        }
        Assert.Equal(lines, next);
        Assert.True(records >= 4, $"{records} records");
        Assert.InRange(suppressed, lines / 10, lines);
        ProcessResult audit = await cluster.Cli("audit", "--json");
        Assert.Equal(0, audit.ExitCode);
        long dropped = Ranges(audit.Text, path, "dropped").Sum(r => r.To - r.From);
        Assert.Equal(new FileInfo(path).Length, dropped + cat.Length);
    }

    [Fact]
    public async Task Rules_that_are_changed_hold_for_what_is_read_from_then_on()
    {
        using var logs = new TempDirectory();
        const string line = "2026-11-22T10:00:00Z INFO user=anna password=hunter2 level one\n", debug = "2026-11-22T10:00:01Z DEBUG detail\n";
        string path = logs.File("app.log", line + debug);
        await using Cluster cluster = Cluster.Create(Options(path, """
                mask: [token]
                drop: ["level:debug"]
                tags: {team: shop}
            """));
        foreach (ClusterPart part in cluster.Bucks.Append(cluster.Agent))
            part.Start();
        const string masked = "2026-11-22T10:00:00Z INFO user=anna password=******* level one\n";
        await WaitForCat(cluster, path, masked);
        Assert.Equal(0, await cluster.Agent.Stop());

        string config = await File.ReadAllTextAsync(cluster.Agent.Config);
        await File.WriteAllTextAsync(cluster.Agent.Config, config.Replace("mask: [token]", "mask: ['/anna/']", StringComparison.Ordinal).Replace("level:debug", "level:info one", StringComparison.Ordinal));
        await File.AppendAllTextAsync(path, debug + line + line.Replace("one", "two", StringComparison.Ordinal));
        cluster.Agent.Start();
        // The debug line at the end of what was read had been dropped and was in no packet: it is judged by the rules that are there now.
        await WaitForCat(cluster, path, masked + debug + debug + "2026-11-22T10:00:00Z INFO user=**** password=hunter2 level two\n");
        Assert.Equal(0, await cluster.Agent.Stop());
        ProcessResult audit = await cluster.Cli("audit", "--json");
        Assert.Equal(0, audit.ExitCode);
        Assert.Equal([(line.Length + (2 * debug.Length), (2 * line.Length) + (2 * debug.Length))], Ranges(audit.Text, path, "dropped").Select(r => ((int)r.From, (int)r.To)));
    }

    private static ClusterOptions Options(string path, string rules) => new()
    {
        Paths = [path],
        Host = Host,
        Bucks = 2,
        AgentSources = $"  - paths: [\"{path}\"]\n    zone: UTC\n" + string.Join('\n', rules.Split('\n').Select(line => "  " + line.TrimStart().Insert(0, "  "))),
        Span = "4s",
        ArchiveAfter = "4s",
    };

    /// <summary>Read in one go, because it is there before the agent and shorter than a chunk: so the limit's clock stands still.</summary>
    private static RuledLog MakeLog()
    {
        const string at = "2026-11-22T10:00:00Z", later = "2026-11-22T10:05:00Z";
        var log = new RuledLog();
        log.Sent($"{at} INFO shop[7]: started");
        log.Sent($"{at} INFO shop[7]: login user=anna password=hunter2-geheim ok", "hunter2-geheim");
        log.Sent($"{at} INFO shop[7]: Authorization: Bearer abcdef0123456789XYZ sent", "abcdef0123456789XYZ");
        log.Sent($"{at} INFO shop[7]: pays with 4111 1111 1111 1111 and 5500-0055-5555-5559 but 4111 1111 1111 1112 is none", "4111 1111 1111 1111", "5500-0055-5555-5559");
        log.Sent($"{at} INFO shop[7]: mail to <anna.muster@mail.example.org> for customer=987654321 done", "anna.muster@mail.example.org", "987654321");
        log.Sent($"{at} INFO shop[7]: postgres://app:pg-passwort@db:5432/shop opened", "pg-passwort");
        log.Dropped($"{at} DEBUG shop[7]: cache-innards-4711", "cache-innards-4711");
        log.Dropped($"{at} INFO shop[7]: \"GET /healthz\" probe-4712", "probe-4712");
        log.Dropped($"{at} DEBUG shop[7]: java.lang.Exception: dropped-with-its-trace", "dropped-with-its-trace");
        log.Dropped("\tat com.example.TraceSecret.check(TraceSecret.java:17)", "TraceSecret");
        log.Dropped("Caused by: java.io.IOException: cause-4713", "cause-4713");
        log.Sent($"{at} ERROR shop[7]: java.lang.IllegalStateException: no connection");
        log.Sent("\tat com.example.Shop.pay(Shop.java:21)");
        log.Sent("Caused by: java.sql.SQLException: access denied, password=trace-passwort for user app", "trace-passwort");
        int passed = 9;
        for (int i = 0; i < 1000; i++)
        {
            string line = $"{at} INFO shop[7]: flood line {i:D4} of a program that has lost its mind";
            if (i % 100 == 50)
                log.Dropped($"{at} DEBUG shop[7]: between the flood {i}");
            if (passed < Burst)
                log.Sent(line);
            else
                log.Limited(line);
            passed++;
        }
        log.Secrets.Add("flood line 0999");
        log.Sent($"{later} INFO shop[7]: back to normal, token=tok-nach-der-flut", "tok-nach-der-flut");
        log.Sent($"{later} WARN shop[7]: Ümläute and customer=55501 end", "55501");
        return log;
    }

    private static async Task AssertCatAndAudit(Cluster cluster, string path, RuledLog log)
    {
        // What was dropped is said by the manifest behind the packets, when their bucket ends; until then it is missing.
        ProcessResult? cat = null;
        await Wait.For(async () => (cat = await cluster.Cli("cat", "--host", Host, "--path", path)).ExitCode == 0, "nothing is missing", TimeSpan.FromMinutes(1));
        Assert.Equal(string.Concat(log.Events(Rate).Select(e => e.Text)), cat!.Text);
        Assert.Equal(log.Altered(Rate), RangesSaid(cat.Errors, "altered by a rule"));
        Assert.Equal(log.Holes(Rate), RangesSaid(cat.Errors, "dropped by a rule"));
        ProcessResult audit = await cluster.Cli("audit", "--json");
        Assert.True(audit.ExitCode == 0, audit.Text);
        Assert.Equal(log.Holes(Rate), Ranges(audit.Text, path, "dropped"));
        Assert.Empty(Ranges(audit.Text, path, "gaps"));
    }

    private static async Task AssertFoundNowhere(Cluster cluster, RuledLog log, string tailed)
    {
        Assert.Contains("password=**************", tailed, StringComparison.Ordinal);
        Assert.Contains("suppressed ", tailed, StringComparison.Ordinal);
        ProcessResult known = await cluster.Cli("search", "\"lost its mind\"", "--text", "--limit", "10000");
        Assert.Equal(log.Events(Rate).Count(e => e.Text.Contains("lost its mind", StringComparison.Ordinal)), known.Text.Split('\n').Count(l => l.Contains("lost its mind", StringComparison.Ordinal)));
        ProcessResult tagged = await cluster.Cli("search", "tag:team=shop back", "--text"), other = await cluster.Cli("search", "tag:team=web back", "--text");
        Assert.Contains("back to normal", tagged.Text, StringComparison.Ordinal);
        Assert.Equal((0, ""), (other.ExitCode, other.Text));
        foreach (string secret in log.Secrets)
        {
            Assert.DoesNotContain(secret, tailed, StringComparison.OrdinalIgnoreCase);
            ProcessResult search = await cluster.Cli("search", $"\"{secret}\"~i", "--text");
            Assert.Equal((0, ""), (search.ExitCode, search.Text));
        }
    }

    private static void AssertInNoFile(string root, List<string> secrets)
    {
        int files = 0;
        foreach (string path in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories))
        {
            byte[] bytes = File.ReadAllBytes(path);
            files++;
            foreach (string secret in secrets)
                Assert.True(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) < 0, $"'{secret}' is in {path}");
        }
        Assert.True(files > 10, $"{files} files");
    }

    private static void AssertSameAsTried(TryOutput tried, HeldEvent[] held, RuledLog log)
    {
        Assert.Equal(held.Select(e => (e.Offset, TryOutput.FactsOf(e), e.Text.TrimEnd('\n').TrimEnd('\r'))), tried.Sent);
        ulong covered = 0;
        foreach ((ulong offset, string rule, string text) in tried.NotSent)
        {
            Assert.StartsWith("drop \"GET /healthz\"|drop level:debug|limit 5 lines a second".Split('|').First(r => rule.StartsWith(r, StringComparison.Ordinal)), rule, StringComparison.Ordinal);
            covered += (ulong)Encoding.UTF8.GetByteCount(text) + 1;
            Assert.True(offset + covered > 0);
        }
        // The record stands on bytes of lines that are not sent.
        long record = log.Events(Rate).Where(e => e.Text.StartsWith("suppressed", StringComparison.Ordinal)).Sum(e => (long)e.Text.Length);
        Assert.Equal(log.Holes(Rate).Sum(h => h.To - h.From) + record, (long)covered);
    }

    private static Task WaitForCat(Cluster cluster, string path, string expected) => Wait.For(
        async () => (await cluster.Cli("cat", "--host", Host, "--path", path)).Text == expected, $"tailer cat gives:\n{expected}", TimeSpan.FromMinutes(1));

    /// <summary>Ranges that an audit names for a path.</summary>
    private static List<(long From, long To)> Ranges(string audit, string path, string kind)
    {
        using JsonDocument json = JsonDocument.Parse(audit);
        JsonElement file = Assert.Single(json.RootElement.GetProperty("files").EnumerateArray(), f => f.GetProperty("path").GetString() == path);
        return [.. file.GetProperty(kind).EnumerateArray().Select(r => (r.GetProperty("from").GetInt64(), r.GetProperty("to").GetInt64()))];
    }

    /// <summary>Ranges that <c>tailer cat</c> names.</summary>
    private static List<(long From, long To)> RangesSaid(string errors, string what) =>
        [.. SaidRange().Matches(errors).Where(m => m.Groups[3].Value == what).Select(m => (long.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture), long.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture)))];

    [GeneratedRegex("bytes ([0-9]+)\\.\\.([0-9]+) (.*)$", RegexOptions.Multiline)]
    private static partial Regex SaidRange();

    [GeneratedRegex("^suppressed ([0-9]+) lines, bytes ([0-9]+)\\.\\.([0-9]+): more than 50 lines a second$")]
    private static partial Regex SuppressedLine();

    /// <summary>Somebody at every buck's <c>GET /tail</c>, who asks for a tag and so sees all.</summary>
    private sealed class Tails : IAsyncDisposable
    {
        private readonly HttpClient http = new() { Timeout = Timeout.InfiniteTimeSpan };
        private readonly CancellationTokenSource stop = new();
        private readonly ConcurrentQueue<string> lines = new();
        private readonly List<Task> readers = [];

        public static async Task<Tails> Begin(Cluster cluster)
        {
            var tails = new Tails();
            tails.http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Ticket.Issue(CredentialFile.Load(cluster.CredentialPath("operator")), "*", TimeSpan.FromHours(1), TimeProvider.System));
            for (int i = 0; i < cluster.Bucks.Count; i++)
            {
                HttpResponseMessage response = await tails.http.GetAsync(new Uri($"{cluster.BuckHttp(i)}/tail?q=tag:tier%3Dweb"), HttpCompletionOption.ResponseHeadersRead);
                response.EnsureSuccessStatusCode();
                tails.readers.Add(tails.Read(response));
            }
            return tails;
        }

        /// <summary>Everything that came, once the last line did.</summary>
        public async Task<string> End()
        {
            await Wait.For(() => lines.Any(line => line.Contains("Ümläute", StringComparison.Ordinal)), "the last line came over /tail");
            await stop.CancelAsync();
            await Task.WhenAll(readers);
            return string.Join('\n', lines);
        }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await Task.WhenAll(readers);
            http.Dispose();
            stop.Dispose();
        }

        private async Task Read(HttpResponseMessage response)
        {
            try
            {
                using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(stop.Token), Encoding.UTF8);
                while (await reader.ReadLineAsync(stop.Token) is { } line)
                    lines.Enqueue(line);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            finally
            {
                response.Dispose();
            }
        }
    }
}
