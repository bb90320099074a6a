using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Tailer.Blocks;
using Tailer.Cli.Reach;
using Tailer.Cli.Show;
using Tailer.Hosting;
using Tailer.Queries;
using Tailer.Stores;

namespace Tailer.Cli.Commands;

/// <summary><c>tailer search</c>: recent lines, asked of archie; or the lines of segments on a disk, asked of nobody.</summary>
internal static class SearchCommand
{
    private const int DefaultLimit = 500;

    /// <summary>Archie gives no more at once.</summary>
    private const int LimitMax = 10_000;

    private const long HeldBytesMax = 512L * 1024 * 1024;

    public static Command Create()
    {
        var query = new Argument<string>("query") { Description = "What to look for; empty for everything (docs/query.md)", DefaultValueFactory = _ => "" };
        var from = new Option<string?>("--from") { Description = "Begin: a time with zone, or relative: -15m, -2h, -1d", HelpName = "TIME" };
        var to = new Option<string?>("--to") { Description = "End, exclusive", HelpName = "TIME" };
        var limit = new Option<int>("--limit") { Description = $"Lines at most, 1 to {LimitMax}; of --segments as many as you like", DefaultValueFactory = _ => DefaultLimit, HelpName = "N" };
        var oldest = new Option<bool>("--oldest") { Description = "Where there are more lines than the limit, the oldest instead of the newest" };
        var json = new Option<bool>("--json") { Description = "A JSON object a line, with all fields" };
        var text = new Option<bool>("--text") { Description = "The lines alone" };
        var segments = new Option<string[]>("--segments") { Description = "Search these segment files, and all below these directories, with nothing running", HelpName = "PATH", AllowMultipleArgumentsPerToken = true };
        var count = new Option<bool>("--count") { Description = "Only how many lines there are; with --segments" };
        var target = new TargetOptions();
        var command = new Command("search", "Search recent lines, or the segments of an archive by themselves; they are printed in order of time") { query, from, to, limit, oldest, json, text, segments, count };
        target.AddTo(command);
        command.SetAction(async (arguments, cancel) =>
        {
            LineForm form = arguments.GetValue(json) ? LineForm.Json : arguments.GetValue(text) ? LineForm.Text : LineForm.Full;
            bool oldestFirst = arguments.GetValue(oldest);
            if (arguments.GetValue(segments) is { Length: > 0 } paths)
            {
                SearchRequest request = RequestOf(arguments.GetValue(query)!, arguments.GetValue(from), arguments.GetValue(to), arguments.GetValue(limit), oldestFirst);
                return await RunAsync(new SegmentAnswer(SegmentFiles.Of(paths), request, Console.Error), form, arguments.GetValue(count), cancel).ConfigureAwait(false);
            }
            if (arguments.GetValue(count))
                throw new FatalException(ExitCode.Usage, "--count needs --segments");
            using var archie = new ArchieClient(target.Read(arguments));
            (string, string?)[] parameters =
            [
                ("q", arguments.GetValue(query)), ("from", arguments.GetValue(from)), ("to", arguments.GetValue(to)),
                ("limit", arguments.GetValue(limit).ToString(CultureInfo.InvariantCulture)), ("order", oldestFirst ? "oldest" : "newest"),
            ];
            return await RunAsync(archie, parameters, oldestFirst, form, cancel).ConfigureAwait(false);
        });
        return command;
    }

    private static SearchRequest RequestOf(string text, string? from, string? to, int limit, bool oldestFirst)
    {
        if (!Query.Parse(text).TryGet(out Query? query, out QueryError? error))
            throw new FatalException(ExitCode.Usage, $"the query cannot be understood:\n{error.Caret}");
        if (limit is < 1 or int.MaxValue)
            throw new FatalException(ExitCode.Usage, $"--limit is 1 to {int.MaxValue - 1}, not {limit}");
        ulong now = LogTime.Now(TimeProvider.System);
        return new SearchRequest
        {
            Query = query,
            From = TimeOf(from, "--from", now, 0),
            To = TimeOf(to, "--to", now, ulong.MaxValue),
            Limit = limit,
            Order = oldestFirst ? SearchOrder.Oldest : SearchOrder.Newest,
            // The oldest are given as they are found; the newest are held until the last of them is.
            BytesMax = oldestFirst ? long.MaxValue : HeldBytesMax,
        };
    }

    private static ulong TimeOf(string? text, string option, ulong now, ulong otherwise)
    {
        if (text is null)
            return otherwise;
        return SearchTime.TryParse(text, now, out ulong time) ? time : throw new FatalException(ExitCode.Usage, $"{option} is not '{text}' but {SearchTime.Expected}");
    }

    private static async Task<int> RunAsync(SegmentAnswer answer, LineForm form, bool onlyCount, CancellationToken cancel)
    {
        using var output = new StreamWriter(Console.OpenStandardOutput(), bufferSize: 64 * 1024, leaveOpen: true);
        return onlyCount ? await answer.Count(output, cancel).ConfigureAwait(false) : await answer.Print(output, form, Terminal.HasColours, cancel).ConfigureAwait(false);
    }

    private static async Task<int> RunAsync(ArchieClient archie, (string, string?)[] parameters, bool oldestFirst, LineForm form, CancellationToken cancel)
    {
        using Stream stdout = Console.OpenStandardOutput();
        using var output = new StreamWriter(stdout, leaveOpen: true) { NewLine = "\n" };
        var printer = new LinePrinter(output, form, Terminal.HasColours);
        // As they will be printed, and no more of them: a line in its parts may be 64 MiB of answer.
        var newestFirst = new List<byte[]>();
        using var held = new StringWriter() { NewLine = "\n" };
        var heldPrinter = new LinePrinter(held, form, Terminal.HasColours);
        JsonElement? summary = null;
        await foreach (JsonElement item in archie.StreamAsync("/api/v1/search", parameters, cancel).ConfigureAwait(false))
        {
            if (item.GetProperty("type").GetString() == "summary")
                summary = item;
            else if (oldestFirst)
                printer.Print(EventLine.Read(item));
            else
                Hold(EventLine.Read(item));
        }

        await output.FlushAsync(cancel).ConfigureAwait(false);
        for (int i = newestFirst.Count - 1; i >= 0; i--)
            await stdout.WriteAsync(newestFirst[i], cancel).ConfigureAwait(false);
        if (summary is not { } end)
            throw new FatalException(ExitCode.Unavailable, "the answer was cut off: archie ended while it answered. Ask again.");
        return SearchSummary.Report(end, Console.Error, !Console.IsErrorRedirected);

        void Hold(EventLine line)
        {
            heldPrinter.Print(line);
            newestFirst.Add(output.Encoding.GetBytes(held.ToString()));
            held.GetStringBuilder().Clear();
        }
    }
}
