namespace Tailer.Cli.Show;

/// <summary>Makes one stream of several bucks' live lines: each line once, and sorted within a short while, because copies of
/// a packet and the packets of one source come by different ways.</summary>
internal sealed class LiveMerge(TimeSpan window, TimeProvider time)
{
    /// <summary>Lines remembered to recognise repeats: at 10,000 lines/s the last 20 s, far more than bucks are apart.</summary>
    private const int RememberedLines = 200_000;

    private readonly HashSet<(string Source, long Offset)> seen = [];
    private readonly Queue<(string Source, long Offset)> order = new();
    private readonly List<(EventLine Line, long Came)> waiting = [];

    /// <summary>False when the line was seen before.</summary>
    public bool Add(EventLine line)
    {
        if (!seen.Add((line.Source, line.Offset)))
            return false;
        order.Enqueue((line.Source, line.Offset));
        if (order.Count > RememberedLines)
            seen.Remove(order.Dequeue());
        waiting.Add((line, time.GetTimestamp()));
        return true;
    }

    /// <summary>The lines that have waited long enough, with those before them in time, in order.</summary>
    public IReadOnlyList<EventLine> Take(bool all = false)
    {
        if (waiting.Count == 0)
            return [];
        // Waiting is in order of arrival, so the ripe ones are at its front.
        int ripe = all ? waiting.Count : waiting.FindIndex(w => time.GetElapsedTime(w.Came) < window);
        if (ripe < 0)
            ripe = waiting.Count;
        if (ripe == 0)
            return [];
        EventLine latest = waiting.Take(ripe).Select(w => w.Line).Aggregate((a, b) => EventLine.Compare(a, b) >= 0 ? a : b);
        EventLine[] taken = [.. waiting.Where((w, i) => i < ripe || EventLine.Compare(w.Line, latest) < 0).Select(w => w.Line)];
        Array.Sort(taken, EventLine.Compare);
        waiting.RemoveAll(w => EventLine.Compare(w.Line, latest) <= 0);
        return taken;
    }
}
