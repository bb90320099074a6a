using Tailer.Blocks;

namespace Tailer.Porter;

/// <summary>What bucks hold and the archive has of a span, at one moment.</summary>
internal sealed class SpanContent
{
    private readonly HashSet<PacketId> sealedPackets = [];
    private readonly HashSet<PacketId> sealedManifests = [];

    public SpanContent(SpanRange span, Holdings held, IReadOnlyList<StoredSegment> segments)
    {
        Span = span;
        Held = held;
        Superseded = FindSuperseded(held, segments);
        Segments = [.. segments.Except(Superseded)];
        foreach (StoredSegment segment in Segments)
        {
            if (!segment.IsStrays)
                sealedPackets.UnionWith(segment.Footer.Packets);
            sealedManifests.UnionWith(segment.Footer.Manifests.Select(bytes => Packet.IdOf(bytes)));
        }
    }

    public SpanRange Span { get; }

    public Holdings Held { get; }

    /// <summary>The segments that count.</summary>
    public IReadOnlyList<StoredSegment> Segments { get; }

    /// <summary>
    /// Segments that list a packet another one lists too: two porters sealed at the same time from different sets. They are
    /// sealed anew from the packets, as if they were not there, and then deleted; only while bucks hold all their packets.
    /// </summary>
    public IReadOnlyList<StoredSegment> Superseded { get; }

    public bool IsSealed => Segments.Any(segment => !segment.IsStrays);

    public IEnumerable<HeldRecord> NewPackets => Held.Packets.Values.Where(packet => !sealedPackets.Contains(packet.Id));

    public IEnumerable<HeldRecord> NewManifests => Held.Manifests.Values.Where(manifest => !sealedManifests.Contains(manifest.Id));

    public bool Knows(PacketId packet) => sealedPackets.Contains(packet) || Held.Packets.ContainsKey(packet);

    public bool IsSealedRecord(PacketId record) => sealedPackets.Contains(record) || sealedManifests.Contains(record);

    /// <summary>The manifests the archive has of the span.</summary>
    public IEnumerable<Manifest> SealedManifests() =>
        Segments.SelectMany(segment => segment.Footer.Manifests).Select(bytes => Manifest.TryRead(bytes)).OfType<Manifest>();

    private static List<StoredSegment> FindSuperseded(Holdings held, IReadOnlyList<StoredSegment> segments)
    {
        StoredSegment[] listing = [.. segments.Where(segment => !segment.IsStrays)];
        HashSet<PacketId> twice = [.. listing.SelectMany(segment => segment.Footer.Packets).GroupBy(id => id).Where(group => group.Count() > 1).Select(group => group.Key)];
        List<StoredSegment> superseded = [.. listing.Where(segment => segment.Footer.Packets.Any(twice.Contains))];
        return superseded.All(segment => segment.Footer.Packets.All(held.Packets.ContainsKey)) ? superseded : [];
    }
}
