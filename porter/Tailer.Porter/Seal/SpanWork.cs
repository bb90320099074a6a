using Tailer.Blocks;

namespace Tailer.Porter;

/// <summary>What is to be sealed of a span, and what was found out about it.</summary>
/// <param name="Packets">Held and not sealed.</param>
/// <param name="NewManifests">Held and not sealed, ascending by id.</param>
/// <param name="AllManifests">These and the sealed ones.</param>
/// <param name="IsOverdue">It waited as long as it may.</param>
internal sealed record SpanWork(
    SpanContent Content, IReadOnlyList<HeldRecord> Packets, IReadOnlyList<HeldManifest> NewManifests, IReadOnlyList<Manifest> AllManifests, SpanCheck Check, bool IsOverdue)
{
    /// <summary>Packets of which no copy could be read.</summary>
    public List<HeldRecord> Unread { get; } = [];

    public bool IsComplete => Check.IsComplete && Unread.Count == 0;

    /// <summary>There is something to record even if no packet holds anything new.</summary>
    public bool HasMoreThanPackets => NewManifests.Count > 0 || Content.Superseded.Count > 0;

    public IEnumerable<FrameHeader> Headers => Packets.Select(packet => packet.Header).OfType<FrameHeader>();
}
