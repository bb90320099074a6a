using System.Collections.Concurrent;

namespace Tailer.Stores;

/// <summary>
/// Matchers between searches: each holds some megabytes that are the same for every block, and making them anew for each search
/// costs more than a search. As many are kept as blocks are read at once by one search; more are let go.
/// </summary>
internal static class MatcherPool
{
    private static readonly int KeptMax = Environment.ProcessorCount;
    private static readonly ConcurrentBag<BlockMatcher> Kept = [];

    public static BlockMatcher Take() => Kept.TryTake(out BlockMatcher? matcher) ? matcher : new BlockMatcher();

    public static void GiveBack(BlockMatcher matcher)
    {
        if (Kept.Count < KeptMax)
            Kept.Add(matcher);
        else
            matcher.Dispose();
    }
}
