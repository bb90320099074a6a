using System.Runtime.CompilerServices;
using Tailer.Blocks;

namespace Tailer.Stores;

/// <summary>
/// Runs a function over the blocks of a request, on several threads, and gives the results in the frontier's order. Memory is
/// bounded by <see cref="SearchRequest.Parallelism"/> blocks and results.
/// </summary>
/// <param name="read">What to make of a block; on a thread of the pool, with a matcher of its own.</param>
internal sealed class BlockScan<T>(IEnumerable<SegmentRef> segments, SearchRequest request, SearchStatistics statistics, Func<BlockWork, BlockMatcher, (T Result, BlockError Error)> read)
{
    /// <summary>Each result with the least rank that may still come (see <see cref="BlockFrontier.NextRank"/>).</summary>
    public async IAsyncEnumerable<(T Result, ulong? NextRank)> RunAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var frontier = new BlockFrontier(segments, request, statistics);
        var running = new Queue<(Task<(T Result, string? Problem)> Task, BlockWork Work, ulong Rank)>();
        try
        {
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                while (running.Count < request.Parallelism && frontier.TryNext(out BlockWork work, out ulong rank))
                    running.Enqueue((Task.Run(() => Read(work), CancellationToken.None), work, rank));
                if (!running.TryDequeue(out (Task<(T Result, string? Problem)> Task, BlockWork Work, ulong Rank) first))
                    yield break;
                (T result, string? problem) = await first.Task.ConfigureAwait(false);
                if (problem is not null)
                    statistics.AddProblem(problem);
                statistics.BlocksRead++;
                statistics.EventsScanned += first.Work.Block.Events;
                statistics.RawBytesScanned += first.Work.Block.RawBytes;
                yield return (result, running.TryPeek(out var next) ? next.Rank : frontier.NextRank);
            }
        }
        finally
        {
            // Nobody may read a segment after it was given back.
            await Task.WhenAll(running.Select(item => item.Task)).ConfigureAwait(false);
        }
    }

    private (T Result, string? Problem) Read(BlockWork work)
    {
        BlockMatcher matcher = MatcherPool.Take();
        (T result, BlockError error) = read(work, matcher);
        MatcherPool.GiveBack(matcher);
        string? problem = error == BlockError.None
            ? null
            : $"block {work.Index} of segment {work.Segment.Reader.Path} at byte {work.Block.Offset} cannot be read: {error}";
        work.Segment.BlockDone();
        return (result, problem);
    }
}
