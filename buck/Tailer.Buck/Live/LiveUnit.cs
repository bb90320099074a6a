namespace Tailer.Buck;

/// <summary>
/// What is sent to a viewer or dropped, as a whole: the encoded lines of some packets, or all lines of one packet in several
/// parts. Immutable and shared by all viewers with the same query and format.
/// </summary>
internal sealed class LiveUnit(IReadOnlyList<ReadOnlyMemory<byte>> parts, IReadOnlyList<BatchPacket> packets)
{
    /// <summary>Hub: one JSON batch each. Streams of lines: bytes to write one after the other.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Parts { get; } = parts;

    public IReadOnlyList<BatchPacket> Packets { get; } = packets;

    public int Bytes { get; } = parts.Sum(p => p.Length);
}
