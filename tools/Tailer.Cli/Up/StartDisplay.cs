using Spectre.Console;
using Tailer.Hosting;

namespace Tailer.Cli.Up;

/// <summary>Waits until every process is ready and shows how far it is: a live table on a terminal, a line each elsewhere.</summary>
internal sealed class StartDisplay(IAnsiConsole console, TimeProvider time, Readiness readiness)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <exception cref="FatalException">69 when one is not ready in time, with the end of its log; or what <paramref name="failed"/> says.</exception>
    public async Task WaitAsync(
        IReadOnlyList<UpProcess> processes, Dictionary<string, long> logEnds, Task<FatalException> failed, TimeSpan patience, CancellationToken stop)
    {
        if (!console.Profile.Capabilities.Interactive)
        {
            await LookAsync(processes, logEnds, failed, patience, (process, took) => console.WriteLine($"{process.Name} ready{Where(process)} ({took.TotalSeconds:F1} s)"), () => { }, stop).ConfigureAwait(false);
            return;
        }

        Table table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "", "");
        foreach (UpProcess process in processes)
            table.AddRow(new Markup("[grey]…[/]"), new Markup(process.Name), new Markup("[grey]starting[/]"));
        await console.Live(table).StartAsync(display => LookAsync(
            processes, logEnds, failed, patience,
            (process, took) =>
            {
                int row = processes.ToList().IndexOf(process);
                table.UpdateCell(row, 0, new Markup("[green]✓[/]"));
                table.UpdateCell(row, 2, Markup.FromInterpolated($"[grey]ready{Where(process)} after {took.TotalSeconds:F1} s[/]"));
            },
            display.Refresh, stop)).ConfigureAwait(false);
    }

    private async Task LookAsync(
        IReadOnlyList<UpProcess> processes, Dictionary<string, long> logEnds, Task<FatalException> failed, TimeSpan patience,
        Action<UpProcess, TimeSpan> ready, Action refresh, CancellationToken stop)
    {
        long started = time.GetTimestamp();
        var waiting = new List<UpProcess>(processes);
        while (waiting.Count > 0)
        {
            if (failed.IsCompleted)
                throw await failed.ConfigureAwait(false);
            foreach (UpProcess process in waiting.ToArray())
            {
                if (!await readiness.IsReadyAsync(process, logEnds[process.Name], stop).ConfigureAwait(false))
                    continue;
                waiting.Remove(process);
                ready(process, time.GetElapsedTime(started));
            }

            refresh();
            if (waiting.Count > 0 && time.GetElapsedTime(started) > patience)
                throw new FatalException(ExitCode.Unavailable, string.Join('\n', waiting.Select(p => $"{p.Name} is not ready after {DurationText.Format(patience)}; its log {p.Log} ends with:\n{Readiness.Tail(p.Log, 8)}")));
            if (waiting.Count > 0)
                await Task.Delay(Interval, time, stop).ConfigureAwait(false);
        }
    }

    private static string Where(UpProcess process) => process.Http is null ? "" : " on " + (process.Listen is null ? "" : process.Listen + ", ") + process.Http;
}
