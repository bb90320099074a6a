using System.Diagnostics.Metrics;

namespace Tailer.Buck;

/// <summary>Counters of <c>/metrics</c>. Gauges are registered by who knows their values.</summary>
internal static class BuckMetrics
{
    public static readonly Meter Meter = new("Tailer.Buck");

    public static readonly Counter<long> Packets = Meter.CreateCounter<long>("tailer.buck.packets", description: "Packets received, by outcome");
    public static readonly Counter<long> StoredBytes = Meter.CreateCounter<long>("tailer.buck.stored_bytes", description: "Bytes of frames and manifests stored");
    public static readonly Counter<long> Manifests = Meter.CreateCounter<long>("tailer.buck.manifests", description: "Manifests received, by outcome");
    public static readonly Counter<long> Pruned = Meter.CreateCounter<long>("tailer.buck.prunes", description: "Requests to prune a bucket, by outcome");
    public static readonly Counter<long> ScrubbedBytes = Meter.CreateCounter<long>("tailer.buck.scrubbed_bytes", description: "Bytes of bucket files read and checked by the scrub");
    public static readonly Counter<long> DamagedRecords = Meter.CreateCounter<long>("tailer.buck.damaged_records", description: "Damaged records found, by what is damaged: body (healed from the other copy) or header (stored again from here)");
    public static readonly Counter<long> HealedRecords = Meter.CreateCounter<long>("tailer.buck.healed_records", description: "Damaged records replaced by the other copy");
    public static readonly Counter<long> LivePackets = Meter.CreateCounter<long>("tailer.buck.live_packets", description: "Packets decoded for viewers");
    public static readonly Counter<long> LiveOverflowPackets = Meter.CreateCounter<long>("tailer.buck.live_overflow_packets", description: "Packets not shown because the feed was behind");
    public static readonly Counter<long> LiveDroppedLines = Meter.CreateCounter<long>("tailer.buck.live_dropped_lines", description: "Lines dropped for a viewer whose queue was full");
    public static readonly Counter<long> UndecodablePackets = Meter.CreateCounter<long>("tailer.buck.undecodable_packets", description: "Packets with a valid checksum whose block could not be decoded");

    public static readonly Counter<long> GraphitePushes = Meter.CreateCounter<long>("tailer.buck.graphite_pushes", description: "Intervals whose counters were to be sent to Graphite, by outcome");

    /// <summary>Gauges of one buck; a process has one.</summary>
    public static void Observe(BucketStore store, LiveFeed feed, AgentBook agents, DamageBook damage)
    {
        Meter.CreateObservableGauge("tailer.buck.viewers", () => feed.Viewers, description: "Subscriptions and tails open now");
        Meter.CreateObservableGauge("tailer.buck.live_queued_bytes", () => feed.QueuedBytes, description: "Bytes that wait for viewers; what several wait for is counted for each");
        Meter.CreateObservableGauge("tailer.buck.agents_connected", () => agents.Connected, description: "Agents connected now");
        Meter.CreateObservableGauge("tailer.buck.damaged_records_now", () => damage.Count, description: "Records of which only a damaged copy is here, as far as known");
        Meter.CreateObservableGauge(
            "tailer.buck.agent_credential_seconds", () => agents.CredentialSecondsLeast is { } seconds ? [new Measurement<double>(seconds)] : Array.Empty<Measurement<double>>(),
            description: "For how long the credential of a connected agent is still good, the least of all");
        Meter.CreateObservableGauge("tailer.buck.disk_free_bytes", () => store.Reserve.FreeBytes, description: "Free bytes of the disk, as of the last look");
    }
}
