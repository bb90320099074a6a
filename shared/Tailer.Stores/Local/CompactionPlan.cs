using Tailer.Blocks;

namespace Tailer.Stores;

/// <summary>
/// Chooses which segments of a local index become one. Segments grow through windows of 10 minutes, 1 hour and 6 hours of
/// bucket time, so an event is rewritten three times at most, save for what comes late. Pure.
/// </summary>
public static class CompactionPlan
{
    /// <summary>A segment that would hold more raw bytes is not made: a compaction stays a matter of seconds.</summary>
    public const long RawBytesMax = 1L << 30;

    /// <summary>Memory of one compaction, which holds a decoded block of each segment; a porter runs it beside everything else.</summary>
    public const long MemoryMax = 128 * 1024 * 1024;

    /// <summary>Open files of one compaction; also keeps its work per event small.</summary>
    public const int SegmentsMax = 64;

    /// <summary>A segment is rewritten for others only when they are at least this part of it: a late line does not rewrite an hour.</summary>
    private const int SmallestPart = 8;

    /// <summary>That many small ones are worth it in any case.</summary>
    private const int SegmentsAlways = 8;

    /// <summary>What an event takes in a decoded block's columns.</summary>
    private const int EventBytes = 72;

    private static readonly ulong[] Windows = [10 * LogTime.PerMinute, LogTime.PerHour, 6 * LogTime.PerHour];

    /// <summary>At least two segments that lie in one closed window; null when there is nothing to do.</summary>
    public static IReadOnlyList<IndexedSegment>? Next(IndexCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        foreach (ulong window in Windows)
        {
            var groups = catalog.Segments
                .Where(s => s.SpanWidth <= window && LogTime.Floor(s.SpanStart, window) == LogTime.Floor(s.SpanEnd - 1, window))
                .GroupBy(s => LogTime.Floor(s.SpanStart, window))
                .Where(group => group.Key + window <= catalog.Watermark)
                .OrderBy(group => group.Key);
            foreach (var group in groups)
            {
                if (Choose([.. group.OrderBy(s => s.RawBytes)]) is { } chosen)
                    return chosen;
            }
        }
        return null;
    }

    /// <summary>The smallest ones that fit together: as many as there are without a big one at the end that is not worth rewriting for the others.</summary>
    private static List<IndexedSegment>? Choose(List<IndexedSegment> ascending)
    {
        long sum = 0, memory = 0;
        int worth = 0;
        for (int i = 0; i < Math.Min(ascending.Count, SegmentsMax); i++)
        {
            IndexedSegment segment = ascending[i];
            memory += MemoryOf(segment);
            if (sum + segment.RawBytes > RawBytesMax || memory > MemoryMax)
                break;
            if (i >= SegmentsAlways || segment.RawBytes <= sum * SmallestPart)
                worth = i + 1;
            sum += segment.RawBytes;
        }
        return worth >= 2 ? ascending[..worth] : null;
    }

    /// <summary>Of its largest block, decoded.</summary>
    private static long MemoryOf(IndexedSegment segment) =>
        Math.Min(segment.RawBytes, Limits.SegmentBlockRawBytes) + (Math.Min(segment.Events, Limits.SegmentBlockEvents) * EventBytes);
}
