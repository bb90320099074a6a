using System.Diagnostics;
using System.Globalization;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Queries;
using Tailer.Stores;
using Tailer.Testing;

namespace Tailer.Bench;

/// <summary>Searches a local index in a warm process of its own. Arguments: directory of the index, the same lines as a zstd file.</summary>
internal sealed class SearchPart : IDisposable
{
    public const string Name = "search";

    /// <summary>Ours and theirs in turn; the best of each counts.</summary>
    private const int Repeats = 3;

    /// <summary>Before a row is measured its search is done this often, or for this long: then its code is compiled as it stays.</summary>
    private const int WarmUpSearches = 50;
    private const int WarmUpSeconds = 2;

    private const string Rare = "NEEDLE-7f3a9c2e41";
    private const string Common = "Connection";
    private const string Words = @"session opened for user \w+";
    private const string Digits = "port [0-9]{5} ssh2";
    private const string Host = "host-10";
    private const int ExportMinutes = 5;

    private readonly LocalEventIndex index;
    private readonly string directory;
    private readonly string compressed;

    private SearchPart(string directory, string compressed)
    {
        index = new LocalEventIndex(SystemDisk.Instance, directory);
        this.directory = directory;
        this.compressed = compressed;
    }

    public static async Task<IReadOnlyList<BenchRow>> Run(string[] arguments)
    {
        using var part = new SearchPart(arguments[0], arguments[1]);
        List<BenchRow> rows =
        [
            await part.Compare("rare", () => part.Find(new SearchRequest { Query = Parsed(Rare) }), Rg("-F", Rare), ">= 20", ">= 100"),
            await part.Compare("substring", () => part.Count($"\"{Common}\"~"), Rg("-c -F", Common), ">= 5", ">= 12"),
            await part.Compare("regex", () => part.Count($"/{Words}/"), Rg("-c", Words), ">= 2", null),
            await part.Compare("regex-digits", () => part.Count($"/{Digits}/"), Rg("-c", Digits), ">= 2", null),
            await part.Export(),
        ];
        rows.AddRange(part.CommandLine());
        rows.Add(new BenchRow("search", "search-rss-mb", PartProcess.PeakMegabytes(), "MB", null, null, null, null));
        return rows;
    }

    public void Dispose() => index.Dispose();

    /// <summary>The command line's wall time, start of the process included: least of some runs, each of which must find what rg finds.</summary>
    private IEnumerable<BenchRow> CommandLine()
    {
        yield return CommandLine("cli-rare", $"'{Rare}' --text", $"rg --no-config --text -F -e '{Rare}'");
        yield return CommandLine("cli-substring", $"'\"{Common}\"~' --count", $"rg --no-config --text -c -F -e '{Common}'");
        yield return CommandLine("cli-regex", $"'/{Words}/' --count", $"rg --no-config --text -c -e '{Words}'");
    }

    private BenchRow CommandLine(string metric, string arguments, string rg)
    {
        double our = double.MaxValue, their = double.MaxValue;
        for (int i = 0; i < Repeats; i++)
        {
            ToolRun ours = ToolRun.Of($"\"$1\" search {arguments} --segments \"$2\"", BuildOutput.PathOf("tailer"), directory);
            ToolRun theirs = ToolRun.Of($"zstd -dc -q \"$1\" | {rg}", compressed);
            if (ours.Output != theirs.Output)
                throw new InvalidDataException($"search {metric}: tailer prints {ours.Output.Length} characters, rg {theirs.Output.Length}; they must be the same");
            our = Math.Min(our, ours.WallSeconds * 1000);
            their = Math.Min(their, theirs.WallSeconds * 1000);
        }
        return new BenchRow("search", metric, our, "ms", their, their / our, null, null);
    }

    /// <summary>Every line of one host in some minutes: five, or one where there are not ten.</summary>
    private async Task<BenchRow> Export()
    {
        IReadOnlyList<IndexedSegment> segments = index.Catalog.Segments;
        ulong first = segments.Min(segment => segment.EventTimeMin), last = segments.Max(segment => segment.EventTimeMax);
        int minutes = last - first >= 2 * ExportMinutes * LogTime.PerMinute ? ExportMinutes : 1;
        ulong from = LogTime.Floor(first + ((last - first) / 2), LogTime.PerMinute);
        ulong to = from + ((ulong)minutes * LogTime.PerMinute);
        await Console.Error.WriteLineAsync($"search: host-export is {Host}, {minutes} min from {LogTime.Format(from)} on");
        var request = new SearchRequest
        {
            Query = Parsed($"host:{Host}"),
            From = from,
            To = to,
            Order = SearchOrder.Oldest,
            // One less than there could be: a search asks for one more than it gives.
            Limit = int.MaxValue - 1,
            BytesMax = long.MaxValue,
        };
        string starts = string.Join('|', Enumerable.Range(0, minutes).Select(i => LogTime.Format(from + ((ulong)i * LogTime.PerMinute))[..16]));
        return await Compare("host-export", () => Find(request), Rg("", $"^({starts}):[0-9.]+Z {Host} "), ">= 10", null);
    }

    /// <summary>Makes sure that both find the same, and warms up; then measures.</summary>
    /// <param name="metric">Name of the row.</param>
    /// <param name="ours">Gives what was found.</param>
    /// <param name="rg">The peer's end of the pipeline: prints a count, or the lines.</param>
    /// <param name="must">Their wall time divided by ours.</param>
    /// <param name="reach">The same.</param>
    private async Task<BenchRow> Compare(string metric, Func<Task<Found>> ours, string rg, string must, string? reach)
    {
        string pipeline = $"zstd -dc -q \"$1\" | {rg}";
        bool prints = !rg.Contains(" -c ", StringComparison.Ordinal);
        Found expected = prints ? Found.OfWc(ToolRun.Of($"{pipeline} | wc -lc", compressed).Output) : Found.OfCount(ToolRun.Of(pipeline, compressed).Output);
        Found found = await ours();
        if (found != expected || expected.Lines == 0)
            throw new InvalidDataException($"search {metric}: we find {found}, {rg} finds {expected}; they must be equal, and something must be there to find");
        long warmUp = Stopwatch.GetTimestamp();
        for (int i = 0; i < WarmUpSearches && Stopwatch.GetElapsedTime(warmUp).TotalSeconds < WarmUpSeconds; i++)
            await ours();
        double our = double.MaxValue, their = double.MaxValue;
        for (int i = 0; i < Repeats; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await ours();
            our = Math.Min(our, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            their = Math.Min(their, ToolRun.Of($"{pipeline} >/dev/null", compressed).WallSeconds * 1000);
        }
        await Console.Error.WriteLineAsync($"search: {metric} finds {found}, as {rg} does");
        return new BenchRow("search", metric, our, "ms", their, their / our, must, reach);
    }

    private async Task<Found> Find(SearchRequest request)
    {
        await using FileStream nowhere = File.OpenWrite("/dev/null");
        long lines = 0, bytes = 0;
        SearchStatistics? statistics = null;
        await foreach (FoundEvent found in index.SearchAsync(request, (started, _) => statistics = started))
        {
            await nowhere.WriteAsync(found.Bytes);
            lines++;
            bytes += found.Length;
        }
        Check(statistics!);
        return new Found(lines, bytes);
    }

    /// <summary>Counts as the histogram does: no line is given, all are counted.</summary>
    private async Task<Found> Count(string query)
    {
        using IndexSnapshot snapshot = index.Snapshot();
        ulong first = snapshot.Segments.Min(segment => segment.EventTimeMin), last = snapshot.Segments.Max(segment => segment.EventTimeMax);
        var histogram = new SegmentHistogram(snapshot.Segments, new SearchRequest { Query = Parsed(query), From = first, To = last + 1 }, LogTime.PerHour);
        IReadOnlyList<HistogramSlot> slots = await histogram.RunAsync();
        Check(histogram.Statistics);
        return new Found(slots.Sum(slot => (long)slot.Count), null);
    }

    private static void Check(SearchStatistics statistics)
    {
        if (!statistics.Complete || statistics.Truncated)
            throw new InvalidDataException($"the search is not complete: {string.Join("; ", statistics.Problems)}");
    }

    private static Query Parsed(string text) => Query.Parse(text).TryGet(out Query? query, out QueryError? error)
        ? query
        : throw new ArgumentException(error.ToString(), nameof(text));

    private static string Rg(string options, string pattern) => $"rg --no-config --text {options} -e '{pattern}'";

    /// <summary>What was found; bytes only where lines are given.</summary>
    private readonly record struct Found(long Lines, long? Bytes)
    {
        public static Found OfCount(string printed) => new(printed.Length == 0 ? 0 : long.Parse(printed, CultureInfo.InvariantCulture), null);

        public static Found OfWc(string printed)
        {
            string[] fields = printed.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return new Found(long.Parse(fields[0], CultureInfo.InvariantCulture), long.Parse(fields[1], CultureInfo.InvariantCulture));
        }

        public override string ToString() => Bytes is { } bytes ? $"{Lines} lines, {bytes} bytes" : $"{Lines} lines";
    }
}
