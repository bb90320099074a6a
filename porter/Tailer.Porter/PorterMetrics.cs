using System.Diagnostics.Metrics;

namespace Tailer.Porter;

/// <summary>The porter's counters, on the meter <c>Tailer.Porter</c>.</summary>
internal sealed class PorterMetrics : IDisposable
{
    private readonly Meter meter = new("Tailer.Porter");

    public PorterMetrics()
    {
        RecentEvents = meter.CreateCounter<long>("tailer.porter.recent_events", description: "Events written to the recent index.");
        RecentSegments = meter.CreateCounter<long>("tailer.porter.recent_segments", description: "Segments written to the recent index.");
        SealedEvents = meter.CreateCounter<long>("tailer.porter.sealed_events", description: "Events put into the archive.");
        SealedRawBytes = meter.CreateCounter<long>("tailer.porter.sealed_raw_bytes", description: "Their raw bytes.");
        SealedStoredBytes = meter.CreateCounter<long>("tailer.porter.sealed_stored_bytes", description: "Bytes of the segments put into the archive.");
        Spans = meter.CreateCounter<long>("tailer.porter.spans", description: "Spans sealed, by how: complete, sparse, delta.");
        RepeatedBytes = meter.CreateCounter<long>("tailer.porter.repeated_bytes", description: "Bytes left out because they were there already.");
        Conflicts = meter.CreateCounter<long>("tailer.porter.conflicts", description: "Ranges for which different bytes came; all are kept.");
        Strays = meter.CreateCounter<long>("tailer.porter.strays", description: "Events more than an hour outside their span.");
        MissingPackets = meter.CreateCounter<long>("tailer.porter.missing_packets", description: "Packets named by manifests and held by no buck when their span was sealed.");
        WantedPackets = meter.CreateCounter<long>("tailer.porter.wanted_packets", description: "Packets asked for again.");
        DamagedCopies = meter.CreateCounter<long>("tailer.porter.damaged_copies", description: "Copies of packets or manifests that could not be read.");
        HealedCopies = meter.CreateCounter<long>("tailer.porter.healed_copies", description: "Whole copies brought to bucks in place of damaged ones.");
        UnreadablePackets = meter.CreateCounter<long>("tailer.porter.unreadable_packets", description: "Packets that are whole but cannot be decoded; they stay at the bucks.");
        PrunedFiles = meter.CreateCounter<long>("tailer.porter.pruned_files", description: "Bucket files dropped by bucks.");
        SweptFiles = meter.CreateCounter<long>("tailer.porter.swept_files", description: "Temporary files removed that a crash had left.");
    }

    public Counter<long> RecentEvents { get; }
    public Counter<long> RecentSegments { get; }
    public Counter<long> SealedEvents { get; }
    public Counter<long> SealedRawBytes { get; }
    public Counter<long> SealedStoredBytes { get; }
    public Counter<long> Spans { get; }
    public Counter<long> RepeatedBytes { get; }
    public Counter<long> Conflicts { get; }
    public Counter<long> Strays { get; }
    public Counter<long> MissingPackets { get; }
    public Counter<long> WantedPackets { get; }
    public Counter<long> DamagedCopies { get; }
    public Counter<long> HealedCopies { get; }
    public Counter<long> UnreadablePackets { get; }
    public Counter<long> PrunedFiles { get; }
    public Counter<long> SweptFiles { get; }

    public void Dispose() => meter.Dispose();
}
