using System.Diagnostics;
using System.Text.Json;
using Tailer.Blocks;
using Tailer.Testing;

namespace Tailer.Reliability;

/// <summary>
/// Agent, three bucks and a porter as real processes, a writer, and what is found in the archive in the end. Buckets of 2 s and spans of 4 s,
/// archived when 4 s old, so that a scenario takes seconds and not hours; everything else is as shipped.
/// </summary>
internal sealed class TailerRun : IAsyncDisposable
{
    private const string AgentName = "agent";

    /// <summary>How long the archive must not grow, with all that is known archived, before something counts as lost.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(20);

    private readonly TempDirectory logs;

    private TailerRun(TempDirectory logs, Cluster cluster)
    {
        this.logs = logs;
        Cluster = cluster;
    }

    /// <summary>Path of the agent's executable in all runs; null: as it was built.</summary>
    public static string? AgentExecutable { get; set; }

    public Cluster Cluster { get; }

    public string Log => LogIn(logs);

    /// <summary>Starts all parts but archie, which nothing here needs.</summary>
    public static async Task<TailerRun> Start(Func<ClusterOptions, ClusterOptions>? change = null)
    {
        var logs = new TempDirectory();
        var options = new ClusterOptions { Paths = [LogIn(logs)], Host = "host-1", Span = "4s", ArchiveAfter = "4s", AgentExecutable = AgentExecutable };
        var run = new TailerRun(logs, Cluster.Create(change?.Invoke(options) ?? options));
        foreach (ClusterPart part in run.Parts)
            part.Start();
        foreach (ClusterPart part in run.Parts)
            await part.Ready();
        // What comes and goes before the agent looks at all is nobody's to promise.
        await run.Cluster.Agent.Process.Line("following ");
        return run;
    }

    public WriterProcess Write(int linesPerSecond, long lines, long rotateLines, RotationKind kind = RotationKind.Numbered, int keep = 0, WriterBurst? burst = null) =>
        WriterProcess.Start(new WriterOptions(Log, logs["report"], linesPerSecond, lines, rotateLines, kind, keep, burst));

    /// <summary>
    /// Waits until the archive holds everything, or nothing more comes; then reads it all, asks for the audit, and, where nothing is
    /// missing, has <c>tailer cat</c> give the files back.
    /// </summary>
    public async Task<Outcome> End(string scenario, WrittenLog written, TimeSpan? timeout = null)
    {
        long start = Stopwatch.GetTimestamp();
        var footers = new ArchiveFooters(Cluster.ArchivePath);
        await Settle(written, footers, timeout ?? TimeSpan.FromMinutes(15));
        TimeSpan settled = Stopwatch.GetElapsedTime(start);
        AuditAnswer audit = await AuditAnswer.Ask(Cluster);
        await Wait.For(async () => (audit = await AuditAnswer.Ask(Cluster)).Complete || audit.Gaps.Count > 0, "the audit says complete, or names gaps", TimeSpan.FromMinutes(1));
        Verdict verdict;
        using (ArchiveCheck check = ArchiveCheck.Read(written, footers.All.Keys))
            verdict = check.Compare(audit, AgentName);
        return new Outcome(scenario, Outcome.Tailer, written, verdict)
        {
            Audit = audit.Complete ? "complete" : $"{audit.Gaps.Count} gaps",
            CatIsExact = verdict.LostBytes == 0 ? await CatGivesAll(written) : null,
            Kills = Cluster.Agent.Kills,
            SettledAfter = settled,
            AgentPeakBytes = Cluster.Agent.PeakBytes,
        };
    }

    /// <summary>Waits until the archive holds this many bytes; false, with what the parts logged last on standard error, when it does not in time.</summary>
    public async Task<bool> ArchiveHolds(long bytes, TimeSpan timeout)
    {
        var footers = new ArchiveFooters(Cluster.ArchivePath);
        try
        {
            await Wait.For(
                () =>
                {
                    footers.Refresh();
                    return footers.RawBytes >= bytes;
                },
                "everything written is in the archive",
                timeout);
            return true;
        }
        catch (TimeoutException)
        {
            await Complain(footers.RawBytes, bytes, timeout);
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        logs.Dispose();
    }

    private IEnumerable<ClusterPart> Parts => [.. Cluster.Bucks, Cluster.Agent, Cluster.Porter];

    private static string LogIn(TempDirectory logs) => logs["app.log"];

    /// <summary>
    /// Everything is archived; or the end of the last file is, the porter has archived all buckets until after that, and the archive has
    /// not grown for a while.
    /// </summary>
    private async Task Settle(WrittenLog written, ArchiveFooters footers, TimeSpan timeout)
    {
        long grown = Stopwatch.GetTimestamp();
        long bytes = 0;
        ulong endSeen = ulong.MaxValue;
        try
        {
            await Wait.For(
                () =>
                {
                    footers.Refresh();
                    if (footers.RawBytes != bytes)
                        grown = Stopwatch.GetTimestamp();
                    bytes = footers.RawBytes;
                    if (endSeen == ulong.MaxValue && footers.HoldEndOf(written.Files[^1]))
                        endSeen = LogTime.Now(TimeProvider.System);
                    return bytes >= written.Bytes || (ArchivedUntil() > endSeen && Stopwatch.GetElapsedTime(grown) > Quiet);
                },
                "everything written is in the archive",
                timeout);
        }
        catch (TimeoutException)
        {
            await Complain(bytes, written.Bytes, timeout);
        }
    }

    private async Task Complain(long bytes, long of, TimeSpan after)
    {
        await Console.Error.WriteLineAsync($"the archive holds {bytes} of {of} bytes after {after.TotalMinutes:0.#} minutes");
        foreach (ClusterPart part in Parts)
        {
            await Console.Error.WriteLineAsync($"--- {part.Name}, running: {part.IsRunning}");
            foreach (string line in part.Log.TakeLast(25))
                await Console.Error.WriteLineAsync(line);
        }
    }

    private ulong ArchivedUntil()
    {
        string path = Path.Combine(Cluster.RecentPath, "porter.json");
        if (!File.Exists(path))
            return 0;
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(path));
        return json.RootElement.TryGetProperty("archivedUntil", out JsonElement until) && until.ValueKind == JsonValueKind.String
            ? LogTime.From(until.GetDateTimeOffset())
            : 0;
    }

    private async Task<bool> CatGivesAll(WrittenLog written)
    {
        using var pieces = new PieceHashes([.. written.Files.Select(file => file.Bytes)]);
        ProcessResult cat = await TailerProcess.RunInto(
            pieces, "tailer", ["cat", "--host", Cluster.Host, "--path", Log, "--config", Cluster.CliConfig], timeout: TimeSpan.FromMinutes(10));
        bool same = cat.ExitCode == 0 && pieces.Surplus == 0 && pieces.Hashes.SequenceEqual(written.Files.Select(file => file.Sha256));
        if (!same)
            await Console.Error.WriteLineAsync($"tailer cat: exit {cat.ExitCode}, {pieces.Hashes.Zip(written.Files).Count(p => p.First == p.Second.Sha256)} of {written.Files.Count} files the same, {pieces.Surplus} bytes too many; {cat.Errors}");
        return same;
    }
}
