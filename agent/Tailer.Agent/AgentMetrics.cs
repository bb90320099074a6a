using System.Diagnostics.Metrics;
using System.Globalization;
using Tailer.Wire;

namespace Tailer.Agent;

/// <summary>The agent's counters: as instruments of the meter <c>Tailer.Agent</c>, and as values of its heartbeat.</summary>
internal sealed class AgentMetrics : IDisposable
{
    private readonly Meter meter = new("Tailer.Agent");
    private readonly Finder finder;
    private readonly SourceReader reader;
    private readonly AgentCore core;
    private readonly SpoolStore spool;
    private readonly Shipper shipper;

    public AgentMetrics(
        IReadOnlyList<FileSet> sets, Finder finder, SourceReader reader, AgentCore core, PacketFiller filler, SpoolStore spool, Shipper shipper, ShipCounters counters)
    {
        this.finder = finder;
        this.reader = reader;
        this.core = core;
        this.spool = spool;
        this.shipper = shipper;
        meter.CreateObservableCounter("tailer.agent.read_bytes", () => reader.BytesRead, description: "Bytes of lines read.");
        meter.CreateObservableCounter("tailer.agent.events", () => reader.Events, description: "Lines and parts of lines read.");
        meter.CreateObservableCounter("tailer.agent.read_errors", () => reader.ReadErrors, description: "Files that could not be opened or read.");
        meter.CreateObservableCounter("tailer.agent.lost_bytes", () => core.LostBytes, description: "Bytes deleted or truncated before they could be read.");
        meter.CreateObservableCounter("tailer.agent.packets", () => filler.Packets, description: "Packets sealed.");
        meter.CreateObservableCounter("tailer.agent.frame_bytes", () => filler.FrameBytes, description: "Bytes of packets sealed.");
        meter.CreateObservableCounter("tailer.agent.delivered_packets", () => counters.DeliveredPackets, description: "Packets that enough bucks acknowledged.");
        meter.CreateObservableCounter("tailer.agent.retries", () => counters.Retries, description: "Sends repeated at another buck or later.");
        meter.CreateObservableGauge("tailer.agent.in_flight", () => shipper.InFlight, description: "Packets on their way.");
        meter.CreateObservableGauge("tailer.agent.spool_bytes", () => spool.UndeliveredBytes, description: "Bytes in the spool not delivered.");
        meter.CreateObservableGauge("tailer.agent.lag_bytes", () => core.LagBytes, description: "Bytes in files not read, at the last scan.");
        meter.CreateObservableCounter("tailer.agent.rule_lines", () => Rules(sets, rule => rule.Lines), description: "Lines that rules dropped, suppressed or altered.");
        meter.CreateObservableCounter("tailer.agent.rule_bytes", () => Rules(sets, rule => rule.Bytes), description: "Bytes that rules dropped, suppressed or masked.");
        meter.CreateObservableGauge("tailer.agent.handles", () => reader.Handles, description: "Files held open.");
    }

    /// <summary>Values for the heartbeat beside those of shipping; any thread.</summary>
    public IReadOnlyDictionary<string, string> Heartbeat() => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [HeartbeatKeys.Sources] = Text(finder.Sources.Count),
        [HeartbeatKeys.LagBytes] = Text(core.LagBytes),
        [HeartbeatKeys.LagSeconds] = shipper.Lag.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture),
        [HeartbeatKeys.SpoolBytes] = Text(spool.UndeliveredBytes),
        [HeartbeatKeys.ReadBytes] = Text(reader.BytesRead),
        [HeartbeatKeys.Events] = Text(reader.Events),
        [HeartbeatKeys.LostBytes] = Text(core.LostBytes),
        [HeartbeatKeys.ReadErrors] = Text(reader.ReadErrors),
    };

    public void Dispose() => meter.Dispose();

    private static Measurement<long>[] Rules(IReadOnlyList<FileSet> sets, Func<RuleCount, long> value) =>
    [
        .. from set in sets
           from rule in set.Rules?.Counts ?? []
           select new Measurement<long>(value(rule), new("source", set.Name), new("kind", rule.Kind), new("rule", rule.Rule)),
    ];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
