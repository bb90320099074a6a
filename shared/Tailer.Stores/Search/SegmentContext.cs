using Tailer.Blocks;

namespace Tailer.Stores;

/// <summary>
/// The events around one event of a source. Within a segment a source's events are in the order of their offsets, so blocks are
/// read outwards from the event until there are enough; footers say which other segments hold the neighbours.
/// </summary>
public sealed class SegmentContext(IEnumerable<SegmentRef> segments)
{
    public SearchStatistics Statistics { get; } = new();

    /// <summary>
    /// Up to <paramref name="before"/> events before the one at the offset, itself, and up to <paramref name="after"/> after it, by
    /// offset; null when there is none at the offset. Of a conflict one event is given.
    /// </summary>
    /// <param name="time">The event's time where it is known: it tells the block to begin with.</param>
    public ContextResult? Find(SourceId source, ulong offset, int before, int after, ulong time = 0, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(before);
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        List<SourceSegment> holding = [];
        try
        {
            foreach (SegmentRef segment in segments)
            {
                cancellation.ThrowIfCancellationRequested();
                if (TryOpen(segment, source) is { } opened)
                    holding.Add(opened);
            }
            using var reader = new SourceReader(Statistics, cancellation);
            FoundEvent? target = null;
            foreach (SourceSegment segment in holding.Where(segment => segment.Covers(offset)))
                target ??= reader.FindAt(segment, offset, time);
            if (target is null)
                return null;
            List<FoundEvent> earlier = Collect(holding, before, segment => segment.ReachBefore(offset), found => found.Offset, (segment, count) => reader.Before(segment, offset, time, count));
            List<FoundEvent> later = Collect(holding, after, segment => ~segment.ReachAfter(offset), found => ~found.Offset, (segment, count) => reader.After(segment, offset, time, count));
            earlier.Reverse();
            return new ContextResult([.. earlier, target, .. later], earlier.Count);
        }
        finally
        {
            foreach (SourceSegment segment in holding)
                segment.Dispose();
        }
    }

    /// <summary>
    /// The <paramref name="count"/> nearest events of one side, nearest first. Nearness grows towards the event; a segment
    /// whose reach is not nearer than the farthest event kept cannot add anything.
    /// </summary>
    private static List<FoundEvent> Collect(
        List<SourceSegment> holding, int count, Func<SourceSegment, ulong?> reach, Func<FoundEvent, ulong> nearness, Func<SourceSegment, int, IEnumerable<FoundEvent>> read)
    {
        List<FoundEvent> nearest = [];
        if (count == 0)
            return nearest;
        foreach ((SourceSegment segment, ulong? near) in holding.Select(segment => (segment, reach(segment))).Where(item => item.Item2 is not null).OrderByDescending(item => item.Item2))
        {
            if (nearest.Count == count && near <= nearness(nearest[^1]))
                break;
            nearest = [.. nearest.Concat(read(segment, count)).OrderByDescending(nearness).DistinctBy(nearness).Take(count)];
        }
        return nearest;
    }

    private SourceSegment? TryOpen(SegmentRef segment, SourceId source)
    {
        try
        {
            return SourceSegment.Of(segment.Open(), source);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Statistics.AddProblem(e.Message);
            return null;
        }
    }
}
