namespace Tailer.Buck;

/// <summary>What a viewer did not get since its last notice.</summary>
/// <param name="Packets">Whole packets; at most <see cref="PacketsMax"/>.</param>
/// <param name="More">Lines dropped beside those of the packets named.</param>
internal sealed record DropNotice(IReadOnlyList<BatchPacket> Packets, long More)
{
    /// <summary>A notice names so many packets; what is above is only counted.</summary>
    public const int PacketsMax = 1000;

    public long Lines => Packets.Sum(p => (long)p.Matched) + More;
}
