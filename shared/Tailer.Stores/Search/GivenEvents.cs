using Tailer.Blocks;

namespace Tailer.Stores;

/// <summary>What was given already, by source and offset.</summary>
internal sealed class GivenEvents
{
    private readonly Dictionary<SourceId, SortedList<ulong, List<FoundEvent>>> sources = [];

    public int Count { get; private set; }

    /// <summary>False when the event's bytes are within an event that was given.</summary>
    public bool TryAdd(FoundEvent found)
    {
        if (!sources.TryGetValue(found.Source, out SortedList<ulong, List<FoundEvent>>? offsets))
            sources.Add(found.Source, offsets = []);
        for (int i = IndexAtOrBefore(offsets, found.Offset); i >= 0; i--)
        {
            // An event is at most this long, so nothing before can reach here.
            if (found.Offset - offsets.GetKeyAtIndex(i) > Limits.EventBytesMax)
                break;
            foreach (FoundEvent other in offsets.GetValueAtIndex(i))
            {
                if (Holds(other, found))
                    return false;
            }
        }
        if (!offsets.TryGetValue(found.Offset, out List<FoundEvent>? there))
            offsets.Add(found.Offset, there = []);
        there.Add(found);
        Count++;
        return true;
    }

    private static bool Holds(FoundEvent outer, FoundEvent inner)
    {
        ulong start = inner.Offset - outer.Offset;
        return start + (ulong)inner.Length <= (ulong)outer.Length
            && outer.Bytes.AsSpan((int)start, inner.Length).SequenceEqual(inner.Bytes);
    }

    private static int IndexAtOrBefore(SortedList<ulong, List<FoundEvent>> offsets, ulong offset)
    {
        int low = 0, high = offsets.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (offsets.GetKeyAtIndex(middle) <= offset)
                low = middle + 1;
            else
                high = middle;
        }
        return low - 1;
    }
}
