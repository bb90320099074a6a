using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// Ranges of one source that rules took out, ascending, for one manifest. Exact up to <see cref="RangesMax"/>; above it neighbours are
/// joined two by two, and a range then names kept lines between dropped ones too: what is held is held, whatever a skip says, and a
/// packet that is lost shows by its id.
/// </summary>
internal sealed class DroppedRanges
{
    /// <summary>About 10 bytes each in a manifest of at most 1 MiB, which is sent to several bucks and kept in the archive.</summary>
    public const int RangesMax = 4096;

    private readonly List<(ulong From, ulong To)> ranges = [];

    public int Count => ranges.Count;

    /// <summary>
    /// Ranges come in order, but for those of packets that are sealed again; one that was added before (a packet read again) changes nothing.
    /// </summary>
    public void Add(ulong from, ulong to, int rangesMax = RangesMax)
    {
        int at = ranges.Count;
        while (at > 0 && ranges[at - 1].From > from)
            at--;
        if (at > 0 && from <= ranges[at - 1].To)
            ranges[--at] = (ranges[at].From, Math.Max(ranges[at].To, to));
        else
            ranges.Insert(at, (from, to));
        int next = at + 1;
        while (next < ranges.Count && ranges[next].From <= ranges[at].To)
            ranges[at] = (ranges[at].From, Math.Max(ranges[at].To, ranges[next++].To));
        ranges.RemoveRange(at + 1, next - at - 1);
        if (ranges.Count > rangesMax)
            JoinPairs();
    }

    public IEnumerable<Skip> ToSkips() => ranges.Select(range => new Skip(range.From, range.To, SkipReason.DroppedByRule));

    private void JoinPairs()
    {
        int kept = 0;
        for (int i = 0; i < ranges.Count; i += 2)
            ranges[kept++] = (ranges[i].From, ranges[Math.Min(i + 1, ranges.Count - 1)].To);
        ranges.RemoveRange(kept, ranges.Count - kept);
    }
}
