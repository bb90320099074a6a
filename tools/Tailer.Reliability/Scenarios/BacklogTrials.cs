using System.Diagnostics;
using System.Globalization;
using Tailer.Testing;

namespace Tailer.Reliability;

/// <summary>
/// All bucks are away for long, and come back while lines go on. How long the agent takes until everything from before is delivered twice, and how
/// late new lines are meanwhile. What waits is written quickly, so that hours take a minute; the porter starts when it is over.
/// </summary>
internal static class BacklogTrials
{
    /// <summary>A busy host: a megabyte a second.</summary>
    private const int LinesPerSecond = 10_000;

    private const int BurstLinesPerSecond = 200_000;

    /// <summary>What is promised at full size: so many seconds of lines are delivered in one.</summary>
    private const double TimesRealTime = 5;

    /// <summary>And that of a hundred new lines 99 come within this, where no more than the backlog is in their way; a restart takes longer.</summary>
    private static readonly TimeSpan LateMost = TimeSpan.FromMilliseconds(500), LateMostRestarted = TimeSpan.FromSeconds(2);

    private const long NoEnd = long.MaxValue / 2;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    public static Task<TrialOutcome> BothBack(ScenarioSize size) => Run("both bucks away and back", size, LateMost);

    public static Task<TrialOutcome> OneLater(ScenarioSize size) => Run("one buck back 10 s after the other", size, LateMost, later: TimeSpan.FromSeconds(10));

    public static Task<TrialOutcome> AgentKilled(ScenarioSize size) => Run("kill -9 of the agent while it catches up", size, LateMostRestarted, kill: true);

    public static Task<TrialOutcome> SpoolFull(ScenarioSize size) => Run("spool full early, most waits in the file", size, lateMost: null, spoolBytes: size == ScenarioSize.Full ? 32 << 20 : 4 << 20);

    private static async Task<TrialOutcome> Run(string what, ScenarioSize size, TimeSpan? lateMost, TimeSpan? later = null, bool kill = false, int? spoolBytes = null)
    {
        (long before, long burst) = size == ScenarioSize.Full ? (10L * LinesPerSecond, 10_000_000L) : (3L * LinesPerSecond, 600_000L);
        using var gauges = new AgentGauges();
        await using TailerRun run = await TailerRun.Start(options => options with
        {
            Bucks = 2,
            AgentSettings = gauges.Settings + (spoolBytes is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"\nspool:\n  max_bytes: {bytes}") : ""),
        });
        await run.Cluster.Porter.Stop();
        var delays = new LineDelays(burst + (600L * LinesPerSecond));
        var broken = new List<string>();
        WrittenLog written;
        Drain drain;
        await using (var readers = new TailReaders(run.Cluster, delays))
        {
            await Wait.For(() => readers.IsWatching(0) && readers.IsWatching(1), "both bucks let their reader watch");
            await using WriterProcess writer = run.Write(LinesPerSecond, NoEnd, NoEnd, burst: new WriterBurst(before, burst, BurstLinesPerSecond));
            drain = await Measure(run, gauges, readers, delays, before, burst, later, kill);
            written = await writer.Stop();
        }
        run.Cluster.Porter.Start();
        Outcome outcome = await run.End(what, written, TimeSpan.FromMinutes(5));
        // What is smaller runs as a test, on machines that do other things too.
        if (size == ScenarioSize.Full && drain.Times < TimesRealTime)
            broken.Add("slower than five times real time");
        if (size == ScenarioSize.Full && lateMost is { } most && (drain.Meanwhile.P99 > most.TotalMilliseconds || drain.Meanwhile.Came < drain.MeanwhileLines))
            broken.Add("new lines waited behind the backlog, or did not come");
        if (!outcome.IsPerfect)
            broken.Add(outcome.ToString());
        return new TrialOutcome(what, drain.ToString() + string.Create(CultureInfo.InvariantCulture, $"; zero lost and repeated by SHA-256: {(outcome.IsPerfect ? "yes" : "no")}, audit {outcome.Audit}; the agent took at most {outcome.AgentPeakBytes / 1e6:0} MB"), broken);
    }

    private static async Task<Drain> Measure(TailerRun run, AgentGauges gauges, TailReaders readers, LineDelays delays, long before, long burst, TimeSpan? later, bool kill)
    {
        IReadOnlyList<ClusterPart> bucks = run.Cluster.Bucks;
        long Lines() => new FileInfo(run.Log).Exists ? new FileInfo(run.Log).Length / LineMaker.Bytes : 0;
        await Wait.For(() => Lines() >= before, "lines were written while all is well", Patience);
        foreach (ClusterPart buck in bucks)
            await buck.Kill9();
        long away = Lines();
        await Wait.For(() => Lines() >= before + burst, "the backlog is written", Patience);
        IReadOnlyDictionary<string, double> state = await Gauges(gauges, g => g.GetValueOrDefault("spool_full") > 0 || g.GetValueOrDefault("lag_bytes", 1) < LinesPerSecond * LineMaker.Bytes, "all is in the spool, or it is full");
        double spoolBytes = state["spool_bytes"];

        long backAt = Lines();
        long? firstLive = null;
        await Start(bucks[0]);
        if (later is { } wait)
        {
            await Wait.For(() => readers.IsWatching(0), "its reader watches again");
            await Gauges(gauges, g => g.GetValueOrDefault("buck_connected") == 1, "the agent is connected to it");
            firstLive = Lines();
            await Task.Delay(wait); // pause: the schedule is the trial
        }
        await Start(bucks[1]);
        long allBack = Stopwatch.GetTimestamp();
        await Wait.For(() => readers.IsWatching(0) && readers.IsWatching(1), "readers watch again");
        await Gauges(gauges, g => g.GetValueOrDefault("buck_connected") == bucks.Count, "the agent is connected to all");
        long connected = Stopwatch.GetTimestamp();
        long live = Lines();
        if (kill)
        {
            await Gauges(gauges, g => g.GetValueOrDefault("spool_bytes", spoolBytes) < spoolBytes / 2, "half of it is delivered");
            await run.Cluster.Agent.Kill9();
            run.Cluster.Agent.Start();
        }
        await Gauges(gauges, g => g.TryGetValue("oldest_unsent_seconds", out double oldest) && g["lag_bytes"] < LinesPerSecond * LineMaker.Bytes && g["spool_bytes"] < LinesPerSecond * LineMaker.Bytes && oldest < Stopwatch.GetElapsedTime(connected).TotalSeconds, "what waited is delivered");
        double seconds = Stopwatch.GetElapsedTime(connected).TotalSeconds;
        long cleared = Lines();
        await Wait.For(() => Lines() >= cleared + (2 * LinesPerSecond), "two more seconds of lines", Patience);
        live = firstLive ?? live;
        return new Drain(backAt - away, spoolBytes, Stopwatch.GetElapsedTime(allBack, connected).TotalSeconds, seconds, delays.Of(LinesPerSecond, before - LinesPerSecond), before - (2 * LinesPerSecond), delays.Of(live, cleared), cleared - live, delays.Dropped);
    }

    private static async Task Start(ClusterPart buck)
    {
        buck.Start();
        await buck.Ready();
    }

    private static async Task<IReadOnlyDictionary<string, double>> Gauges(AgentGauges gauges, Func<IReadOnlyDictionary<string, double>, bool> condition, string because)
    {
        IReadOnlyDictionary<string, double> found = await gauges.Read();
        await Wait.For(async () => condition(found = await gauges.Read()) && found.Count > 0, because, Patience);
        return found;
    }

    /// <summary>What was measured. Delays in ms, of lines written before the bucks were away, and while the backlog was sent.</summary>
    private sealed record Drain(
        long BacklogLines, double SpoolBytes, double ConnectSeconds, double Seconds, (long Came, double P50, double P99, double Max) Well, long WellLines, (long Came, double P50, double P99, double Max) Meanwhile, long MeanwhileLines, long Dropped)
    {
        /// <summary>Seconds of lines that were delivered in a second, beside the new ones.</summary>
        public double Times => BacklogLines / Seconds / LinesPerSecond;

        public override string ToString() => string.Create(CultureInfo.InvariantCulture,
            $"{BacklogLines:N0} lines ({SpoolBytes / 1e6:0} MB in the spool); connected again {ConnectSeconds:0.0} s after the bucks were there, all delivered twice {Seconds:0.0} s later beside {LinesPerSecond:N0} new lines/s: {Times:0.0} times real time; new lines over `/tail` after p50 {Meanwhile.P50:0} ms, p99 {Meanwhile.P99:0} ms, max {Meanwhile.Max:0} ms ({Meanwhile.Came:N0} of {MeanwhileLines:N0} came), when all is well p50 {Well.P50:0} ms, p99 {Well.P99:0} ms ({Well.Came:N0} of {WellLines:N0}); {Dropped:N0} lines said to be dropped");
    }
}
