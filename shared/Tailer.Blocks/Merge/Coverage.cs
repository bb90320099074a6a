using System.Collections;

namespace Tailer.Blocks;

/// <summary>
/// Which bytes of one source are there: ranges ascending, disjoint and not touching. Adding at the end, which is what readers
/// of a source do, is O(1). Not thread-safe.
/// </summary>
public sealed class Coverage : IReadOnlyList<ByteRange>
{
    private readonly List<ByteRange> ranges = [];

    public Coverage()
    {
    }

    public Coverage(IEnumerable<ByteRange> from)
    {
        foreach (ByteRange range in from)
            Add(range);
    }

    public int Count => ranges.Count;

    public bool IsEmpty => ranges.Count == 0;

    public ByteRange this[int index] => ranges[index];

    /// <summary>Sum of the ranges' lengths.</summary>
    public ulong Bytes
    {
        get
        {
            ulong sum = 0;
            foreach (ByteRange range in ranges)
                sum += range.Length;
            return sum;
        }
    }

    public void Add(ByteRange range)
    {
        if (range.To <= range.From)
            return;
        // The first range that reaches the new one, and the first that starts beyond it: what lies between melts together.
        int first = FirstEndingAtOrAfter(range.From);
        int next = first;
        while (next < ranges.Count && ranges[next].From <= range.To)
            next++;
        if (first == next)
        {
            ranges.Insert(first, range);
            return;
        }
        ranges[first] = new ByteRange(Math.Min(range.From, ranges[first].From), Math.Max(range.To, ranges[next - 1].To));
        ranges.RemoveRange(first + 1, next - first - 1);
    }

    public void Add(Coverage other)
    {
        foreach (ByteRange range in other.ranges)
            Add(range);
    }

    public void Subtract(ByteRange range)
    {
        if (range.To <= range.From)
            return;
        int i = FirstEndingAtOrAfter(range.From);
        while (i < ranges.Count && ranges[i].From < range.To)
        {
            ByteRange old = ranges[i];
            ranges.RemoveAt(i);
            if (old.From < range.From)
                ranges.Insert(i++, old with { To = range.From });
            if (old.To > range.To)
                ranges.Insert(i++, old with { From = range.To });
        }
    }

    public void Subtract(Coverage other)
    {
        foreach (ByteRange range in other.ranges)
            Subtract(range);
    }

    /// <summary>True when every byte of the range is there; an empty range always is.</summary>
    public bool Contains(ByteRange range)
    {
        if (range.To <= range.From)
            return true;
        int i = FirstEndingAtOrAfter(range.From + 1);
        return i < ranges.Count && ranges[i].From <= range.From && ranges[i].To >= range.To;
    }

    /// <summary>True when any byte of the range is there.</summary>
    public bool Intersects(ByteRange range)
    {
        if (range.To <= range.From)
            return false;
        int i = FirstEndingAtOrAfter(range.From + 1);
        return i < ranges.Count && ranges[i].From < range.To;
    }

    /// <summary>The bytes of the range that are there.</summary>
    public Coverage Within(ByteRange range)
    {
        var within = new Coverage();
        for (int i = FirstEndingAtOrAfter(range.From); i < ranges.Count && ranges[i].From < range.To; i++)
            within.Add(new ByteRange(Math.Max(range.From, ranges[i].From), Math.Min(range.To, ranges[i].To)));
        return within;
    }

    /// <summary>The bytes of the range that are not there.</summary>
    public Coverage Gaps(ByteRange range)
    {
        var gaps = new Coverage();
        gaps.Add(range);
        for (int i = FirstEndingAtOrAfter(range.From); i < ranges.Count && ranges[i].From < range.To; i++)
            gaps.Subtract(ranges[i]);
        return gaps;
    }

    public IEnumerator<ByteRange> GetEnumerator() => ranges.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int FirstEndingAtOrAfter(ulong offset)
    {
        int low = 0;
        int high = ranges.Count;
        if (high > 0 && ranges[high - 1].To < offset)
            return high;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (ranges[middle].To < offset)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
