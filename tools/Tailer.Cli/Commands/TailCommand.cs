using System.CommandLine;
using System.Text.Json;
using System.Threading.Channels;
using Tailer.Cli.Reach;
using Tailer.Cli.Show;

namespace Tailer.Cli.Commands;

/// <summary><c>tailer tail</c>: lines as they come, from all bucks.</summary>
internal static class TailCommand
{
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(25);

    /// <summary>A few seconds of a very busy stream; when the terminal is slower, the bucks drop and say so.</summary>
    private const int QueuedLinesMax = 20_000;

    public static Command Create()
    {
        var query = new Argument<string>("query") { Description = "Which lines; empty for all (docs/query.md)", DefaultValueFactory = _ => "" };
        var backlog = new Option<int>("--backlog") { Description = "Begin with the last N matching lines", DefaultValueFactory = _ => 10, HelpName = "N" };
        var json = new Option<bool>("--json") { Description = "A JSON object a line, with all fields" };
        var text = new Option<bool>("--text") { Description = "The lines alone" };
        var target = new TargetOptions();
        var command = new Command("tail", "Show lines as they come, until Ctrl-C") { query, backlog, json, text };
        target.AddTo(command);
        command.SetAction((arguments, cancel) =>
        {
            LineForm form = arguments.GetValue(json) ? LineForm.Json : arguments.GetValue(text) ? LineForm.Text : LineForm.Full;
            return RunAsync(target.Read(arguments), arguments.GetValue(query)!, arguments.GetValue(backlog), form, cancel);
        });
        return command;
    }

    private static async Task<int> RunAsync(Target target, string query, int backlog, LineForm form, CancellationToken cancel)
    {
        using var archie = new ArchieClient(target);
        // Whoever is not let in hears so now; later, archie may come and go.
        await TicketAsync(archie, cancel).ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Channel<EventLine> lines = Channel.CreateBounded<EventLine>(QueuedLinesMax);
        Task[] readers = [.. target.Bucks.Select(buck => new LiveReader(buck, c => TicketAsync(archie, c), lines.Writer, note => Console.Error.WriteLine("tailer: " + note), TimeProvider.System).RunAsync(query, backlog, stop.Token))];
        Task printing = PrintAsync(lines.Reader, backlog, form, stop.Token);
        Task first = await Task.WhenAny([.. readers, printing]).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        try
        {
            await first.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Ctrl-C is how this command ends.
        }

        return 0;
    }

    private static async Task PrintAsync(ChannelReader<EventLine> lines, int backlog, LineForm form, CancellationToken cancel)
    {
        using var output = new StreamWriter(Console.OpenStandardOutput());
        var printer = new LinePrinter(output, form, Terminal.HasColours);
        var merge = new LiveMerge(Window, TimeProvider.System);
        using var tick = new PeriodicTimer(Tick);
        bool begun = false;
        while (await tick.WaitForNextTickAsync(cancel).ConfigureAwait(false))
        {
            while (lines.TryRead(out EventLine? line))
                merge.Add(line);
            IReadOnlyList<EventLine> ripe = merge.Take();
            if (ripe.Count == 0)
                continue;
            // Every buck sends a backlog of its own; together they are more than was asked for.
            foreach (EventLine line in begun ? ripe : ripe.Skip(Math.Max(0, ripe.Count - backlog)))
                printer.Print(line);
            begun = true;
            await output.FlushAsync(cancel).ConfigureAwait(false);
        }
    }

    private static async Task<string> TicketAsync(ArchieClient archie, CancellationToken cancel)
    {
        JsonElement answer = await archie.GetAsync("/api/v1/ticket", [], cancel).ConfigureAwait(false);
        return answer.GetProperty("ticket").GetString()!;
    }
}
