using Tailer.Blocks;

namespace Tailer.Stores;

/// <summary>Reads the events of one source out of segments, block by block, from where they are needed.</summary>
internal sealed class SourceReader(SearchStatistics statistics, CancellationToken cancellation) : IDisposable
{
    private readonly DecodedBlock block = new();
    private SegmentReader? decodedOf;
    private int decodedIndex;

    /// <summary>The event that starts at the offset; null when there is none.</summary>
    public FoundEvent? FindAt(SourceSegment segment, ulong offset, ulong time)
    {
        foreach (int i in BlocksByTime(segment, time))
        {
            if (Events(segment, i).FirstOrDefault(e => e.Offset == offset) is { } found)
                return found;
        }
        return null;
    }

    /// <summary>The last events of the segment that start before the offset, at most so many.</summary>
    public IEnumerable<FoundEvent> Before(SourceSegment segment, ulong offset, ulong time, int count)
    {
        var found = new List<FoundEvent>();
        for (int i = LastBlockWith(segment, offset, time); i >= 0 && found.Count < count; i--)
            found.InsertRange(0, Events(segment, i).Where(e => e.Offset < offset));
        return found.TakeLast(count);
    }

    /// <summary>The first events of the segment that start after the offset, at most so many.</summary>
    public IEnumerable<FoundEvent> After(SourceSegment segment, ulong offset, ulong time, int count)
    {
        var found = new List<FoundEvent>();
        for (int i = FirstBlockWith(segment, offset, time); i < segment.Reader.Footer.Blocks.Count && found.Count < count; i++)
            found.AddRange(Events(segment, i).Where(e => e.Offset > offset));
        return found.Take(count);
    }

    public void Dispose() => block.Dispose();

    /// <summary>The block of the event at the offset, beyond which none is before it; the last block where it is elsewhere.</summary>
    private int LastBlockWith(SourceSegment segment, ulong offset, ulong time) =>
        BlockOf(segment, offset, time) ?? segment.Reader.Footer.Blocks.Count - 1;

    private int FirstBlockWith(SourceSegment segment, ulong offset, ulong time) => BlockOf(segment, offset, time) ?? 0;

    private int? BlockOf(SourceSegment segment, ulong offset, ulong time)
    {
        if (!segment.Covers(offset))
            return null;
        foreach (int i in BlocksByTime(segment, time))
        {
            if (Events(segment, i).Any(e => e.Offset == offset))
                return i;
        }
        return null;
    }

    /// <summary>Blocks whose times include the time first.</summary>
    private static IEnumerable<int> BlocksByTime(SourceSegment segment, ulong time)
    {
        IReadOnlyList<SegmentBlock> blocks = segment.Reader.Footer.Blocks;
        return Enumerable.Range(0, blocks.Count).OrderBy(i => blocks[i].EventTimeMin <= time && time <= blocks[i].EventTimeMax ? 0 : 1);
    }

    /// <summary>The source's events in a block, copied; none when it cannot be read, which is noted.</summary>
    private List<FoundEvent> Events(SourceSegment segment, int index)
    {
        cancellation.ThrowIfCancellationRequested();
        var events = new List<FoundEvent>();
        if (decodedOf != segment.Reader || decodedIndex != index)
        {
            decodedOf = null;
            BlockError error = segment.Reader.TryReadBlock(index, block);
            if (error != BlockError.None)
            {
                statistics.AddProblem($"block {index} of segment {segment.Reader.Path} cannot be read: {error}");
                return events;
            }
            (decodedOf, decodedIndex) = (segment.Reader, index);
            statistics.BlocksRead++;
        }
        for (int i = 0; i < block.Count; i++)
        {
            if (block.Source(i) == segment.Index)
                events.Add(FoundEvent.Copy(block[i], segment.Descriptor));
        }
        return events;
    }
}
