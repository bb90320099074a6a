using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Stores;

/// <summary>
/// Writes several segments of the local index as one. Nothing is deduped: they hold different events. A source's events stay
/// in the order of their offsets; beyond that the order is that of time, as far as the segments' own order allows. Memory:
/// one block of each, and at most <see cref="ParkedBytesMax"/> of what has to wait.
/// </summary>
internal static class SegmentJoin
{
    /// <summary>Events wait only where two sources are crossed in two segments, which takes clocks that went back.</summary>
    public const long ParkedBytesMax = 64 * 1024 * 1024;

    /// <summary>
    /// False when more would have to wait than may; the file is then no segment, as after an exception. Throws
    /// <see cref="IOException"/> when a block cannot be read.
    /// </summary>
    public static bool TryWrite(IReadOnlyList<SegmentReader> segments, IDiskFile file, int level, CancellationToken cancellation, long parkedBytesMax = ParkedBytesMax)
    {
        SegmentFooter plan = Plan([.. segments.Select(segment => segment.Footer)]);
        var turns = new SourceTurns(segments, plan);
        List<JoinInput> inputs = [];
        try
        {
            foreach (SegmentReader segment in segments)
                inputs.Add(new JoinInput(segment, inputs.Count, plan));
            using var writer = new SegmentWriter(file, plan, level);
            while (inputs.Exists(input => !input.IsEmpty))
            {
                cancellation.ThrowIfCancellationRequested();
                if (First(inputs, turns) is { } first)
                {
                    first.WriteReady(writer, turns);
                    continue;
                }
                // Whatever comes next in each segment waits for something further back in another one.
                inputs.Where(input => input.HasHead).MinBy(input => input.Head)!.Park();
                if (inputs.Sum(input => input.ParkedBytes) > parkedBytesMax)
                    return false;
            }
            writer.Finish(footer => footer);
            return true;
        }
        finally
        {
            inputs.ForEach(input => input.Dispose());
        }
    }

    /// <summary>The segment whose ready event is the first; null when none is ready.</summary>
    private static JoinInput? First(List<JoinInput> inputs, SourceTurns turns)
    {
        JoinInput? first = null;
        var best = new JoinKey(ulong.MaxValue, int.MaxValue, ulong.MaxValue);
        foreach (JoinInput input in inputs)
        {
            if (input.TryReadyBefore(best, turns))
                (first, best) = (input, input.Ready);
        }
        return first;
    }

    private static SegmentFooter Plan(List<SegmentFooter> footers)
    {
        ulong start = footers.Min(footer => footer.SpanStart);
        return new SegmentFooter
        {
            Environment = footers[0].Environment,
            SpanStart = start,
            SpanWidth = footers.Max(footer => footer.SpanStart + footer.SpanWidth) - start,
            Kind = SegmentKind.Recent,
            Complete = footers.TrueForAll(footer => footer.Complete),
            Conflicts = footers.Sum(footer => footer.Conflicts),
            Sources = [.. footers.SelectMany(footer => footer.Sources)
                .GroupBy(source => source.Descriptor.Id)
                .OrderBy(group => group.Key)
                .Select(group => new SegmentSource(group.Select(source => source.Descriptor).Aggregate(SourceDescriptor.Better), 0, []))],
            Packets = [.. footers.SelectMany(footer => footer.Packets).Distinct().Order()],
            Manifests = [.. footers.SelectMany(footer => footer.Manifests).DistinctBy(Convert.ToHexString)],
            Gaps = [.. footers.SelectMany(footer => footer.Gaps).Distinct()],
            Silent = [.. footers.SelectMany(footer => footer.Silent).Distinct()],
        };
    }
}
