namespace Tailer.Buck;

/// <summary>
/// What is sent to a viewer or dropped, as a whole: the encoded lines of some packets, or all lines of one packet in several
/// parts. Immutable and shared by all viewers with the same query and format.
/// </summary>
/// <param name="parts">See <see cref="Parts"/>.</param>
/// <param name="packets">All packets of which lines are in it.</param>
/// <param name="isLate">All of them were sealed long ago: an agent's backlog.</param>
internal sealed class LiveUnit(IReadOnlyList<ReadOnlyMemory<byte>> parts, IReadOnlyList<BatchPacket> packets, bool isLate = false)
{
    /// <summary>Gives way to lines that are new.</summary>
    public bool IsLate => isLate;

    /// <summary>Hub: one JSON batch each. Streams of lines: bytes to write one after the other.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Parts { get; } = parts;

    public IReadOnlyList<BatchPacket> Packets { get; } = packets;

    public int Bytes { get; } = parts.Sum(p => p.Length);
}
