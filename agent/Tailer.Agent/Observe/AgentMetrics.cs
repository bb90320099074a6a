using System.Diagnostics.Metrics;
using System.Globalization;
using Tailer.Blocks;
using Tailer.Wire;

namespace Tailer.Agent;

/// <summary>
/// Every number the agent keeps of itself, once: as instruments of the meter <c>Tailer.Agent</c>, as values of its heartbeat, and as
/// counters of its status. Any thread.
/// </summary>
internal sealed class AgentMetrics : IDisposable
{
    private const string Prefix = "tailer.agent.";

    /// <summary>A heartbeat has at most 64 values, and goes to every buck every two seconds.</summary>
    private const int HeartbeatFilesMax = 5;

    private readonly Meter meter = new("Tailer.Agent");
    private readonly LagSurvey survey;
    private readonly SpoolStore spool;
    private readonly Shipper shipper;
    private readonly ShipCounters ship;
    private readonly TimeProvider clock;
    private readonly List<AgentCounter> counters = [];

    public AgentMetrics(
        IReadOnlyList<FileSet> sets, SourceReader reader, AgentCore core, LagSurvey survey, PacketFiller filler, SpoolStore spool, Shipper shipper, ShipCounters ship, TimeProvider clock)
    {
        this.survey = survey;
        this.spool = spool;
        this.shipper = shipper;
        this.ship = ship;
        this.clock = clock;
        Count(HeartbeatKeys.ReadBytes, "Bytes of lines read.", () => reader.BytesRead);
        Count(HeartbeatKeys.Events, "Lines and parts of lines read.", () => reader.Events);
        Count(HeartbeatKeys.ReadErrors, "Attempts to open or read a file that failed.", () => reader.ReadErrors);
        Count(HeartbeatKeys.LostBytes, "Bytes gone before they could be read.", () => core.LostBytesBy(SkipReason.DeletedUnread), "deleted");
        Count(HeartbeatKeys.LostBytes, "Bytes gone before they could be read.", () => core.LostBytesBy(SkipReason.TruncatedUnread), "truncated");
        Count(HeartbeatKeys.LostBytes, "Bytes gone before they could be read.", () => core.LostBytesBy(SkipReason.Unreadable), "unreadable");
        Count("unseen_files", "Files that were created and gone before they could be opened.", () => core.UnseenFiles);
        Count("damaged_archives", "Archives of rotated files that could not be unpacked to their end.", () => reader.DamagedArchives);
        Count("times_inherited", "Lines without a time of their own that could be used.", () => sets.Sum(s => s.Unread.TimesMissing), "missing");
        Count("times_inherited", "Lines without a time of their own that could be used.", () => sets.Sum(s => s.Unread.TimesImpossible), "impossible");
        Count("times_inherited", "Lines without a time of their own that could be used.", () => sets.Sum(s => s.Unread.TimesInFuture), "in the future");
        Count("times_inherited", "Lines without a time of their own that could be used.", () => sets.Sum(s => s.Unread.TimesBeforeHistory), "before history");
        Count("hosts_refused", "Lines that claim a host the credential does not allow.", () => sets.Sum(s => s.Unread.HostsRefused));
        Count("packets", "Packets sealed.", () => filler.Packets);
        Count("frame_bytes", "Bytes of packets sealed.", () => filler.FrameBytes);
        Count(HeartbeatKeys.DeliveredPackets, "Packets that enough bucks acknowledged.", () => ship.DeliveredPackets);
        Count("delivered_bytes", "Bytes of such packets, each once.", () => ship.DeliveredBytes);
        Count(HeartbeatKeys.Retries, "Sends repeated at another buck or later.", () => ship.Retries);
        Count(HeartbeatKeys.Damaged, "Records of the spool that could not be read back.", () => ship.Damaged);
        Count("spool_lost_ranges", "Ranges of files lost with damaged parts of the spool or given up; audit names them.", () => spool.LostRanges);
        Count("refused", "Answers of bucks that refused a packet for what it is.", () => ship.Refused);
        Count("slow_bucks", "Times a slow buck was set aside.", () => ship.SetAside);
        Count("overtakes", "Times new packets went ahead of a backlog.", () => ship.Overtakes);
        Count("boundary_copies", "Packets sent once more because their bucket ended.", () => ship.BoundaryCopies);
        Count("clock_steps", "Times the clock was set back by more than a bucket.", () => spool.ClockSteps);
        Count("resealed", "Packets and manifests that a clock far ahead had sealed, sealed again.", () => spool.SealedAgain);
        Count("wanted", "Packets sent again because a porter missed them.", () => ship.Wanted);
        CountRules(sets, "rule_lines", "Lines that rules dropped, suppressed or altered.", rule => rule.Lines);
        CountRules(sets, "rule_bytes", "Bytes that rules dropped, suppressed or masked.", rule => rule.Bytes);
        Gauge("files", "Files followed.", () => survey.Report.Files);
        Gauge("files_behind", "Paths with bytes that are not read.", () => survey.Report.FilesBehind);
        Gauge("files_failing", "Files that cannot be read at present.", () => survey.Report.FilesFailing);
        Gauge("lag_bytes", "Bytes in files not read.", () => survey.Report.BytesBehind);
        Gauge("oldest_unsent_seconds", "For how long the oldest record not delivered has waited.", () => shipper.Lag.TotalSeconds);
        Gauge("behind_seconds", "For how long reading has been behind in some file.", () => Since(survey.Report.Since));
        Gauge("in_flight", "Records on their way.", () => shipper.InFlight);
        Gauge("owed", "Records that some buck has and that wait for further copies.", () => ship.Owed);
        Gauge("refused_ahead", "Records that wait because bucks refuse them as sealed ahead of their clocks.", () => ship.RefusedAhead);
        Gauge("spool_bytes", "Bytes in the spool not delivered.", () => spool.UndeliveredBytes);
        Gauge("spool_full", "1 while reading has stopped because the spool takes nothing.", () => survey.Report.IsBlocked ? 1 : 0);
        Gauge("handles", "Files held open.", () => reader.Handles);
        Gauge("held_bytes", "Bytes of deleted files held open to be read to their end.", () => core.HeldBytes);
        Gauge("cpu_seconds", "Processor time of this process.", () => Environment.CpuUsage.TotalTime.TotalSeconds);
        Gauge("resident_bytes", "Memory of this process.", () => Environment.WorkingSet);
        meter.CreateObservableGauge(Prefix + "file_lag_bytes", () => survey.Report.Worst.Select(f => new Measurement<long>(f.Bytes, Tag("path", f.Path))), description: "Bytes not read, of the files with most of them.");
        meter.CreateObservableGauge(Prefix + "file_lag_seconds", () => survey.Report.Worst.Select(f => new Measurement<double>(Since(f.Since), Tag("path", f.Path))), description: "For how long reading has been behind, of the same files.");
        meter.CreateObservableGauge(Prefix + "buck_connected", () => shipper.Links.Select(l => new Measurement<int>(l.IsHealthy ? 1 : 0, Tag("buck", l.Name))), description: "1 while packets can be sent to the buck.");
    }

    public IReadOnlyList<AgentCounter> Counters => counters;

    /// <summary>What a heartbeat says: docs/formats/http.md, 4.3.</summary>
    public Dictionary<string, string> Heartbeat()
    {
        ReadingReport reading = survey.Report;
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [HeartbeatKeys.Sources] = Text(reading.Files),
            [HeartbeatKeys.LagBytes] = Text(reading.BytesBehind),
            [HeartbeatKeys.LagSeconds] = shipper.Lag.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture),
            [HeartbeatKeys.SpoolBytes] = Text(spool.UndeliveredBytes),
            [HeartbeatKeys.Owed] = Text(ship.Owed),
            [HeartbeatKeys.FilesBehind] = Text(reading.FilesBehind),
            [HeartbeatKeys.FilesFailing] = Text(reading.FilesFailing),
        };
        foreach (IGrouping<string, AgentCounter> counter in counters.GroupBy(c => c.Name))
            values[counter.Key] = Text(counter.Sum(c => c.Value));
        for (int i = 0; i < Math.Min(reading.Worst.Count, HeartbeatFilesMax); i++)
            values[HeartbeatKeys.Behind(i)] = string.Create(CultureInfo.InvariantCulture, $"{reading.Worst[i].Bytes} {Since(reading.Worst[i].Since):0} {reading.Worst[i].Path}");
        return values;
    }

    public void Dispose() => meter.Dispose();

    private void Count(string name, string help, Func<long> value, string? reason = null)
    {
        counters.Add(new AgentCounter(name, reason, help, value));
        if (reason is null)
            meter.CreateObservableCounter(Prefix + name, value, description: help);
        else
            meter.CreateObservableCounter(Prefix + name, () => new Measurement<long>(value(), Tag("reason", reason)), description: help);
    }

    private void CountRules(IReadOnlyList<FileSet> sets, string name, string help, Func<RuleCount, long> value)
    {
        (FileSet Set, RuleCount Rule)[] rules = [.. from set in sets from rule in set.Rules?.Counts ?? [] select (set, rule)];
        counters.AddRange(rules.Select(r => new AgentCounter(name, $"{r.Set.Name}: {r.Rule.Kind} {r.Rule.Rule}", help, () => value(r.Rule))));
        meter.CreateObservableCounter(
            Prefix + name, () => rules.Select(r => new Measurement<long>(value(r.Rule), Tag("source", r.Set.Name), Tag("kind", r.Rule.Kind), Tag("rule", r.Rule.Rule))), description: help);
    }

    private void Gauge(string name, string help, Func<double> value) => meter.CreateObservableGauge(Prefix + name, value, description: help);

    private double Since(DateTimeOffset? since) => since is { } s ? Math.Max(0, (clock.GetUtcNow() - s).TotalSeconds) : 0;

    private static KeyValuePair<string, object?> Tag(string key, string value) => new(key, value);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
