using System.Runtime.CompilerServices;
using Tailer.Blocks;
using Tailer.Queries;

namespace Tailer.Stores;

/// <summary>
/// Searches a set of segments, by ranges: no segment is read whole, and what footers and block times rule out is not read at
/// all. One instance is one search.
/// </summary>
public sealed class SegmentSearch(IEnumerable<SegmentRef> segments, SearchRequest request)
{
    public SearchStatistics Statistics { get; } = new();

    /// <summary>
    /// Gives the events in the request's order, each as soon as no earlier one can come. Equal events of several segments are
    /// given once. Segments and blocks that cannot be read are <see cref="SearchStatistics.Problems"/>.
    /// </summary>
    public async IAsyncEnumerable<FoundEvent> RunAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var best = new BestEvents(request);
        var scan = new BlockScan<List<FoundEvent>>(segments, request, Statistics, Copy);
        await foreach ((List<FoundEvent> found, ulong? nextRank) in scan.RunAsync(cancellation).ConfigureAwait(false))
        {
            foreach (FoundEvent e in found)
                best.Add(e);
            bool closed = best.IsClosedTo(nextRank);
            foreach (FoundEvent e in best.TakeSettled(closed ? null : nextRank))
                yield return e;
            Statistics.Truncated = best.Truncated;
            if (closed || best.IsClosedTo(nextRank))
                yield break;
        }
    }

    /// <summary>At most one more than the limit: enough to see that there are more.</summary>
    private (List<FoundEvent> Found, BlockError Error) Copy(BlockWork work, BlockMatcher matcher)
    {
        IReadOnlyList<int> matches = matcher.Match(work, request, out BlockError error);
        if (matches.Count == 0)
            return ([], error);
        if (!matcher.Events.TryPrepareRead())
            return ([], BlockError.DamagedColumns);
        try
        {
            return (Copy(matcher.Events, work.Segment.Sources, matches), BlockError.None);
        }
        catch (InvalidDataException)
        {
            return ([], BlockError.DamagedColumns);
        }
    }

    private List<FoundEvent> Copy(BlockSearch block, IReadOnlyList<SourceDescriptor> sources, IReadOnlyList<int> matches)
    {
        IEnumerable<int> wanted = matches;
        if (matches.Count > request.Limit + 1)
        {
            int sign = request.Order == SearchOrder.Newest ? -1 : 1;
            int[] sorted = [.. matches];
            Array.Sort(sorted, (x, y) => sign * Compare(block, sources, x, y));
            wanted = sorted.Take(request.Limit + 1);
        }
        var copies = new List<FoundEvent>(Math.Min(matches.Count, request.Limit + 1));
        foreach (int i in wanted)
        {
            Event e = block.Read(i);
            copies.Add(FoundEvent.Copy(e, sources[e.Source]));
        }
        return copies;
    }

    private static int Compare(BlockSearch block, IReadOnlyList<SourceDescriptor> sources, int x, int y)
    {
        int order = block.Time(x).CompareTo(block.Time(y));
        if (order != 0)
            return order;
        order = sources[block.Source(x)].Id.CompareTo(sources[block.Source(y)].Id);
        return order != 0 ? order : block.Offset(x).CompareTo(block.Offset(y));
    }
}
