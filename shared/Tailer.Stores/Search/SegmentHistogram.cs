using Tailer.Blocks;
using Tailer.Queries;

namespace Tailer.Stores;

/// <summary>Counts matching events by time over a set of segments. One instance is one count.</summary>
public sealed class SegmentHistogram
{
    /// <summary>Slots a request may ask for; each takes 24 bytes per block in work.</summary>
    public const int SlotsMax = 10_000;

    private readonly IEnumerable<SegmentRef> segments;
    private readonly SearchRequest request;
    private readonly ulong step;

    /// <param name="segments">Disjoint: an event that is in two segments counts twice.</param>
    /// <param name="request">The query and the range of event times, whose ends must be set; the limit plays no part.</param>
    /// <param name="step">Width of a slot, <see cref="LogTime"/> units; slots start at multiples of it.</param>
    public SegmentHistogram(IEnumerable<SegmentRef> segments, SearchRequest request, ulong step)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfZero(step);
        ArgumentOutOfRangeException.ThrowIfLessThan(request.To, request.From);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((request.To - LogTime.Floor(request.From, step)) / step, (ulong)SlotsMax, nameof(step));
        this.segments = segments;
        this.request = request;
        this.step = step;
    }

    public SearchStatistics Statistics { get; } = new();

    /// <summary>The slots with events, ascending.</summary>
    public async Task<IReadOnlyList<HistogramSlot>> RunAsync(CancellationToken cancellation = default)
    {
        ulong first = LogTime.Floor(request.From, step);
        var slots = new HistogramSlot[(int)((request.To - first) / step) + 1];
        var scan = new BlockScan<Dictionary<int, HistogramSlot>>(segments, request, Statistics, (work, matcher) => Count(work, matcher, first));
        await foreach ((Dictionary<int, HistogramSlot> counts, _) in scan.RunAsync(cancellation).ConfigureAwait(false))
        {
            foreach ((int slot, HistogramSlot count) in counts)
                slots[slot] = Sum(slots[slot], count);
        }
        return [.. slots.Select((slot, i) => slot with { Start = first + (ulong)i * step }).Where(slot => slot.Count > 0)];
    }

    private (Dictionary<int, HistogramSlot> Counts, BlockError Error) Count(BlockWork work, BlockMatcher matcher, ulong first)
    {
        SegmentBlock block = work.Block;
        var slot = (int)((Math.Max(block.EventTimeMin, first) - first) / step);
        bool isInOneSlot = block.EventTimeMin >= request.From && block.EventTimeMax < request.To && (int)((block.EventTimeMax - first) / step) == slot;
        Span<long> bySeverity = stackalloc long[byte.MaxValue + 1];
        bySeverity.Clear();
        if (isInOneSlot && matcher.TryCount(work, request, bySeverity, out BlockError error))
            return (new Dictionary<int, HistogramSlot> { [slot] = SlotOf(bySeverity) }, error);
        IReadOnlyList<int> matches = matcher.Match(work, request, out error);
        return (Count(matcher.Events, matches, first), error);
    }

    private static HistogramSlot SlotOf(ReadOnlySpan<long> bySeverity)
    {
        long count = 0, errors = 0;
        for (int severity = 0; severity < bySeverity.Length; severity++)
        {
            count += bySeverity[severity];
            errors += IsError((Severity)severity) ? bySeverity[severity] : 0;
        }
        return new HistogramSlot(0, count, errors, bySeverity[(int)Severity.Warning]);
    }

    private static bool IsError(Severity severity) => severity is > Severity.Unknown and <= Severity.Error;

    private Dictionary<int, HistogramSlot> Count(BlockSearch block, IReadOnlyList<int> matches, ulong first)
    {
        var counts = new Dictionary<int, HistogramSlot>();
        foreach (int i in matches)
        {
            var slot = (int)((block.Time(i) - first) / step);
            Severity severity = block.Severity(i);
            counts.TryGetValue(slot, out HistogramSlot count);
            counts[slot] = Sum(count, new HistogramSlot(0, 1, IsError(severity) ? 1 : 0, severity == Severity.Warning ? 1 : 0));
        }
        return counts;
    }

    private static HistogramSlot Sum(HistogramSlot a, HistogramSlot b) => new(0, a.Count + b.Count, a.Errors + b.Errors, a.Warnings + b.Warnings);
}
