using Tailer.Blocks;
using Tailer.Stores;

namespace Tailer.Archie;

/// <summary>Counts over segments and, where given, over events that are not in any segment yet.</summary>
internal static class Histogram
{
    /// <summary>For a range with an open end, slots of a first count that shows where the events are.</summary>
    private const int FirstSlots = 2_000;

    /// <param name="segments">Disjoint.</param>
    /// <param name="request">Range and query. An end that is open (0, the greatest) is moved to where matching events begin and end.</param>
    /// <param name="others">Matching events beside the segments, each once.</param>
    public static async Task<HistogramCount> CountAsync(
        IReadOnlyList<SegmentRef> segments, SearchRequest request, IReadOnlyList<FoundEvent> others, int slots, CancellationToken cancellation)
    {
        bool isOpen = request.From == 0 || request.To == ulong.MaxValue;
        request = Close(segments, request, others);
        if (request.To <= request.From)
            return new HistogramCount(request.From, request.To, LogTime.PerSecond, [], []);
        if (isOpen && HistogramSteps.For(request.To - request.From, slots) > LogTime.PerSecond)
        {
            HistogramCount first = await CountAsync(segments, request, others, HistogramSteps.For(request.To - request.From, FirstSlots), cancellation);
            if (first.Slots.Count == 0)
                return first;
            request = request with
            {
                From = Math.Max(request.From, first.Slots[0].Start),
                To = Math.Min(request.To, first.Slots[^1].Start + first.Step),
            };
        }

        return await CountAsync(segments, request, others, HistogramSteps.For(request.To - request.From, slots), cancellation);
    }

    private static async Task<HistogramCount> CountAsync(
        IReadOnlyList<SegmentRef> segments, SearchRequest request, IReadOnlyList<FoundEvent> others, ulong step, CancellationToken cancellation)
    {
        var histogram = new SegmentHistogram(segments, request, step);
        var sums = new SortedDictionary<ulong, HistogramSlot>();
        foreach (HistogramSlot slot in await histogram.RunAsync(cancellation))
            sums[slot.Start] = slot;
        foreach (FoundEvent found in others)
        {
            if (found.Time < request.From || found.Time >= request.To)
                continue;
            ulong start = LogTime.Floor(found.Time, step);
            HistogramSlot sum = sums.GetValueOrDefault(start, new HistogramSlot(start, 0, 0, 0));
            bool isError = found.Severity is > Severity.Unknown and <= Severity.Error;
            sums[start] = new HistogramSlot(start, sum.Count + 1, sum.Errors + (isError ? 1 : 0), sum.Warnings + (found.Severity == Severity.Warning ? 1 : 0));
        }

        return new HistogramCount(request.From, request.To, step, [.. sums.Values], histogram.Statistics.Problems);
    }

    private static SearchRequest Close(IReadOnlyList<SegmentRef> segments, SearchRequest request, IReadOnlyList<FoundEvent> others)
    {
        ulong from = request.From;
        ulong to = request.To;
        if (from == 0)
            from = segments.Select(s => s.EventTimeMin).Concat(others.Select(e => e.Time)).DefaultIfEmpty(0UL).Min();
        if (to == ulong.MaxValue)
            to = segments.Select(s => s.EventTimeMax).Concat(others.Select(e => e.Time)).DefaultIfEmpty(0UL).Max() + 1;
        return request with { From = from, To = to };
    }
}
