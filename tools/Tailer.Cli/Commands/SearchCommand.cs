using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Tailer.Cli.Reach;
using Tailer.Cli.Show;
using Tailer.Hosting;

namespace Tailer.Cli.Commands;

/// <summary><c>tailer search</c>: recent lines, asked of archie.</summary>
internal static class SearchCommand
{
    private const int DefaultLimit = 500;

    public static Command Create()
    {
        var query = new Argument<string>("query") { Description = "What to look for; empty for everything (docs/query.md)", DefaultValueFactory = _ => "" };
        var from = new Option<string?>("--from") { Description = "Begin: a time with zone, or relative: -15m, -2h, -1d", HelpName = "TIME" };
        var to = new Option<string?>("--to") { Description = "End, exclusive", HelpName = "TIME" };
        var limit = new Option<int>("--limit") { Description = "Lines at most, 1 to 10000", DefaultValueFactory = _ => DefaultLimit, HelpName = "N" };
        var oldest = new Option<bool>("--oldest") { Description = "Where there are more lines than the limit, the oldest instead of the newest" };
        var json = new Option<bool>("--json") { Description = "A JSON object a line, with all fields" };
        var text = new Option<bool>("--text") { Description = "The lines alone" };
        var target = new TargetOptions();
        var command = new Command("search", "Search recent lines; they are printed in order of time") { query, from, to, limit, oldest, json, text };
        target.AddTo(command);
        command.SetAction(async (arguments, cancel) =>
        {
            using var archie = new ArchieClient(target.Read(arguments));
            LineForm form = arguments.GetValue(json) ? LineForm.Json : arguments.GetValue(text) ? LineForm.Text : LineForm.Full;
            bool oldestFirst = arguments.GetValue(oldest);
            (string, string?)[] parameters =
            [
                ("q", arguments.GetValue(query)), ("from", arguments.GetValue(from)), ("to", arguments.GetValue(to)),
                ("limit", arguments.GetValue(limit).ToString(CultureInfo.InvariantCulture)), ("order", oldestFirst ? "oldest" : "newest"),
            ];
            return await RunAsync(archie, parameters, oldestFirst, form, cancel).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<int> RunAsync(ArchieClient archie, (string, string?)[] parameters, bool oldestFirst, LineForm form, CancellationToken cancel)
    {
        using var output = new StreamWriter(Console.OpenStandardOutput(), leaveOpen: true);
        var printer = new LinePrinter(output, form, Terminal.HasColours);
        var newestFirst = new List<EventLine>();
        JsonElement? summary = null;
        await foreach (JsonElement item in archie.StreamAsync("/api/v1/search", parameters, cancel).ConfigureAwait(false))
        {
            if (item.GetProperty("type").GetString() == "summary")
                summary = item;
            else if (oldestFirst)
                printer.Print(EventLine.Read(item));
            else
                newestFirst.Add(EventLine.Read(item));
        }

        newestFirst.Reverse();
        newestFirst.ForEach(printer.Print);
        await output.FlushAsync(cancel).ConfigureAwait(false);
        if (summary is not { } end)
            throw new FatalException(ExitCode.Unavailable, "the answer was cut off: archie ended while it answered. Ask again.");
        return SearchSummary.Report(end, Console.Error, !Console.IsErrorRedirected);
    }
}
