using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// How far a source is in the spool, and what proves that a file found later is still it. <see cref="TailCrc"/> is the CRC-32C of the
/// <see cref="TailBytes"/> source bytes before <see cref="Position"/>.
/// </summary>
/// <param name="Descriptor">Identity, path, prefix hash.</param>
/// <param name="Position">Offset after the last byte spooled.</param>
/// <param name="TailBytes">At most <see cref="TailBytesMax"/>; 0 when nothing is known.</param>
/// <param name="TailCrc">See above.</param>
/// <param name="LastTime">Event time of the last event, for lines without one.</param>
/// <param name="MidLine">The last event was a part of a line that goes on.</param>
/// <param name="Finished">Nothing more will come of it.</param>
/// <param name="Record">What the last line was to its record.</param>
/// <param name="SeenTo">Where greater than the position: the spool has bytes up to here behind some that it lost, so it was read that far before. Not kept.</param>
internal sealed record SourcePosition(
    SourceDescriptor Descriptor, ulong Position, int TailBytes, uint TailCrc, ulong LastTime, bool MidLine, bool Finished = false, RecordState Record = RecordState.Start,
    ulong SeenTo = 0)
{
    public const int TailBytesMax = 64;

    /// <summary>Of a source of which nothing is in the spool.</summary>
    public static SourcePosition AtBegin(SourceDescriptor descriptor) => new(descriptor, descriptor.FirstOffset ?? 0, 0, 0, 0, MidLine: false);
}
