using System.Diagnostics;
using System.Globalization;
using Tailer.Blocks;
using Tailer.Cli.Show;
using Tailer.Hosting;
using Tailer.Queries;
using Tailer.Stores;

namespace Tailer.Cli.Reach;

/// <summary>Answers a search out of segments alone. Lines go to the output; how it went is said on stderr, as for a search that archie answered.</summary>
internal sealed class SegmentAnswer(IReadOnlyList<SegmentRef> segments, SearchRequest request, TextWriter error)
{
    /// <summary>All of time is one or two steps.</summary>
    private const ulong WholeTime = ulong.MaxValue / 2;

    private readonly LineView view = new();
    private readonly long started = Stopwatch.GetTimestamp();

    /// <summary>Prints the lines in order of time; returns the exit code.</summary>
    public async Task<int> Print(TextWriter output, LineForm form, bool colours, CancellationToken cancel)
    {
        var printer = new LinePrinter(output, form, colours);
        var search = new SegmentSearch(segments, request);
        var newestFirst = new List<EventLine>();
        long count = 0;
        await foreach (FoundEvent found in search.RunAsync(cancel).ConfigureAwait(false))
        {
            EventLine line = EventLine.Of(found, view, form == LineForm.Json);
            count++;
            if (request.Order == SearchOrder.Oldest)
                printer.Print(line);
            else
                newestFirst.Add(line);
        }
        newestFirst.Reverse();
        newestFirst.ForEach(printer.Print);
        await output.FlushAsync(cancel).ConfigureAwait(false);
        return Report(search.Statistics, string.Create(CultureInfo.InvariantCulture, $"{count:N0} lines"), search.Statistics.Truncated ? ", and there is more (--limit)" : "");
    }

    /// <summary>Prints how many lines there are, whatever the limit; returns the exit code.</summary>
    public async Task<int> Count(TextWriter output, CancellationToken cancel)
    {
        var histogram = new SegmentHistogram(segments, request, WholeTime);
        IReadOnlyList<HistogramSlot> slots = await histogram.RunAsync(cancel).ConfigureAwait(false);
        await output.WriteLineAsync(slots.Sum(slot => slot.Count).ToString(CultureInfo.InvariantCulture)).ConfigureAwait(false);
        await output.FlushAsync(cancel).ConfigureAwait(false);
        return Report(histogram.Statistics, "counted", "");
    }

    private int Report(SearchStatistics statistics, string what, string more)
    {
        if (!Console.IsErrorRedirected)
        {
            long milliseconds = (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{what} in {milliseconds} ms out of {segments.Count:N0} segments; {statistics.BlocksRead:N0} blocks read, {statistics.BlocksSkipped:N0} ruled out by filters{more}"));
        }
        if (statistics.Complete)
            return ExitCode.Ok;
        error.WriteLine($"tailer: the answer is partial: {string.Join("; ", statistics.Problems)}");
        return ExitCode.Incomplete;
    }
}
