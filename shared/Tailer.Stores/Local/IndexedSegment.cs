using Tailer.Blocks;

namespace Tailer.Stores;

/// <summary>A segment of the local index, as its catalog lists it.</summary>
/// <param name="Name">File name in the index's directory.</param>
/// <param name="SpanStart">First bucket time it stands for, <see cref="LogTime"/> units.</param>
/// <param name="SpanWidth">How much bucket time it stands for.</param>
/// <param name="EventTimeMin">Least event time.</param>
/// <param name="EventTimeMax">Greatest event time.</param>
/// <param name="Events">Events in it.</param>
/// <param name="RawBytes">Sum of their lengths.</param>
/// <param name="FileBytes">Size of the file.</param>
public sealed record IndexedSegment(
    string Name, ulong SpanStart, ulong SpanWidth, ulong EventTimeMin, ulong EventTimeMax, long Events, long RawBytes, long FileBytes)
{
    public ulong SpanEnd => SpanStart + SpanWidth;

    internal static IndexedSegment Of(string name, SegmentFooter footer, long fileBytes) => new(
        name, footer.SpanStart, footer.SpanWidth, footer.EventTimeMin, footer.EventTimeMax, footer.Events, footer.RawBytes, fileBytes);
}
