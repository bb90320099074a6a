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
    public static void Observe(BucketStore store, LiveFeed feed, AgentBook agents, DamageBook damage, AckWaits waits)
    {
        Meter.CreateObservableGauge("tailer.buck.viewers", () => feed.Viewers, description: "Subscriptions and tails open now");
        Meter.CreateObservableGauge("tailer.buck.live_queued_bytes", () => feed.QueuedBytes, description: "Bytes that wait for viewers; what several wait for is counted for each");
        Meter.CreateObservableGauge("tailer.buck.agents_connected", () => agents.Connected, description: "Agents connected now");
        Meter.CreateObservableGauge("tailer.buck.damaged_records_now", () => damage.Count, description: "Records of which only a damaged copy is here, as far as known");
        Meter.CreateObservableGauge(
            "tailer.buck.agent_credential_seconds", () => agents.CredentialSecondsLeast is { } seconds ? [new Measurement<double>(seconds)] : Array.Empty<Measurement<double>>(),
            description: "For how long the credential of a connected agent is still good, the least of all");
        ObserveDisks("tailer.buck.disk_free_bytes", "Free bytes of a disk, as of the last look; none while it is aside", disk => disk.IsThere ? disk.Reserve.FreeBytes : null);
        ObserveDisks("tailer.buck.disk_usable", "1 while a disk is there, 0 while it is set aside", disk => disk.IsThere ? 1 : 0);
        ObserveDisks("tailer.buck.disk_hanging", "What a disk was asked for and has not answered within disk_timeout; each has a thread", disk => disk.Calls.Hanging);
        ObserveDisks("tailer.buck.disk_full", "1 while a disk is at its reserve and takes nothing", disk => disk.IsThere && disk.Reserve.IsReached ? 1 : 0);
        Meter.CreateObservableCounter("tailer.buck.disk_failures", () => store.Disks.Select(disk => Of(disk, disk.Failures)), description: "How often a disk was set aside");
        Meter.CreateObservableGauge("tailer.buck.acks_waiting", () => waits.Count, description: "Acknowledgements that wait for a sync, or for their peer to read them");

        void ObserveDisks(string name, string description, Func<StoreDisk, long?> value) => Meter.CreateObservableGauge(
            name, () => store.Disks.SelectMany(disk => value(disk) is { } v ? [Of(disk, v)] : Array.Empty<Measurement<long>>()), description: description);

        static Measurement<long> Of(StoreDisk disk, long value) => new(value, new KeyValuePair<string, object?>("disk", disk.Directory));
    }
}
