using Tailer.Blocks;
using Tailer.Queries;

namespace Tailer.Stores;

/// <summary>
/// The blocks a request needs, in the order in which their events can be first: newest first by greatest, oldest first by
/// least event time. A segment is opened when its turn comes, so only the segments around the front are open.
/// </summary>
internal sealed class BlockFrontier : IDisposable
{
    private readonly SearchRequest request;
    private readonly SearchStatistics statistics;
    private readonly PriorityQueue<(SegmentRef? Unopened, BlockWork? Block), ulong> queue = new();
    private readonly HashSet<OpenSegment> open = [];

    public BlockFrontier(IEnumerable<SegmentRef> segments, SearchRequest request, SearchStatistics statistics)
    {
        this.request = request;
        this.statistics = statistics;
        foreach (SegmentRef segment in segments)
        {
            if (segment.Intersects(request.From, request.To))
                queue.Enqueue((segment, null), Rank(segment.EventTimeMin, segment.EventTimeMax));
        }
    }

    /// <summary>
    /// No event still to come has a rank below this; null when none is to come. Ranks grow away from the front: an event's
    /// rank is its time, or for newest first its complement.
    /// </summary>
    public ulong? NextRank => queue.TryPeek(out _, out ulong rank) ? rank : null;

    public static ulong RankOf(ulong time, SearchOrder order) => order == SearchOrder.Newest ? ~time : time;

    public bool TryNext(out BlockWork work, out ulong rank)
    {
        while (queue.TryDequeue(out (SegmentRef? Unopened, BlockWork? Block) item, out rank))
        {
            if (item.Block is { } block)
            {
                work = block;
                return true;
            }
            Open(item.Unopened!);
        }
        work = null!;
        return false;
    }

    public void Dispose()
    {
        foreach (OpenSegment segment in open)
            segment.Dispose();
    }

    private void Open(SegmentRef segment)
    {
        SegmentLease lease;
        try
        {
            lease = segment.Open();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            statistics.AddProblem(e.Message);
            return;
        }
        SegmentFooter footer = lease.Reader.Footer;
        var summary = new SegmentSummary(footer);
        int[] wanted = request.Query.In(summary) == Presence.None
            ? []
            : [.. Enumerable.Range(0, footer.Blocks.Count).Where(i => Intersects(footer.Blocks[i]) && MayMatch(summary, footer, i))];
        if (wanted.Length == 0)
        {
            statistics.SegmentsSkipped++;
            lease.Dispose();
            return;
        }
        var opened = new OpenSegment(lease, wanted.Length);
        open.Add(opened);
        foreach (int index in wanted)
            queue.Enqueue((null, new BlockWork(opened, index)), Rank(footer.Blocks[index].EventTimeMin, footer.Blocks[index].EventTimeMax));
    }

    /// <summary>Filters are over lines as they are, so they say nothing where a view reads other text than the bytes.</summary>
    private bool MayMatch(SegmentSummary summary, SegmentFooter footer, int block)
    {
        if (footer.Filters.Count == 0 || footer.Filters[block].IsNone || !summary.KeepsBytes
            || request.Query.In(new FilterSummary(summary, footer.Filters[block])) != Presence.None)
            return true;
        statistics.BlocksSkipped++;
        return false;
    }

    private bool Intersects(SegmentBlock block) => block.EventTimeMin < request.To && block.EventTimeMax >= request.From;

    /// <summary>Events outside the request are not given, so they do not make the front later than it is.</summary>
    private ulong Rank(ulong min, ulong max) => request.Order == SearchOrder.Newest
        ? RankOf(Math.Min(max, request.To - 1), SearchOrder.Newest)
        : Math.Max(min, request.From);
}
