using System.Globalization;
using Spectre.Console;
using Tailer.Hosting;

namespace Tailer.Cli.Up;

/// <summary>The whole system on one machine, from the first look at the state directory to the last process's end.</summary>
internal sealed class UpRun(UpOptions options, IAnsiConsole console, TimeProvider time)
{
    private const string EnvironmentName = "local";
    private const int BuckCount = 3;
    private static readonly string[] Parts = ["agent", "buck", "porter", "archie"];
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan LeftOverPatience = TimeSpan.FromSeconds(15);

    private readonly UpLayout layout = new(options.StateDirectory);
    private readonly Lock stateLock = new();
    private UpState? current;

    /// <summary>Runs until <paramref name="stop"/>; returns the exit code.</summary>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        IReadOnlyList<string> globs = ChooseGlobs();
        using StateDirectory held = HoldState();
        UpState? before = UpState.Read(layout.StateFile);
        if (before is not null)
            await LeftOvers.StopAsync(before, LeftOverPatience, time, stop).ConfigureAwait(false);
        Dictionary<string, string> executables = Parts.ToDictionary(part => part, Executables.Find);
        foreach (string folder in new[] { layout.Keys, layout.Config, layout.Log, layout.Recent, layout.Archive })
            StateDirectory.EnsurePrivate(folder);
        List<UpProcess> processes = PlanProcesses(before);
        UpProcess archie = processes.Single(p => p.Part == "archie");
        UpProcess[] bucks = [.. processes.Where(p => p.Part == "buck")];
        new KeyRing(layout, time).Ensure(bucks.Select(b => b.Name), KeyRing.AgentName(Environment.MachineName));
        new ConfigFiles(layout, EnvironmentName, bucks, archie.Http!).Write(globs, options.Demo);
        WriteState(processes, archie.Http!);

        using var supervisor = new Supervisor(time, line => console.MarkupLineInterpolated($"[yellow]{line}[/]"), NoteProcess);
        try
        {
            await StartAsync(supervisor, processes, executables, stop).ConfigureAwait(false);
            Announce(globs, archie.Http!);
            Task ended = await Task.WhenAny(supervisor.Failed, Task.Delay(Timeout.Infinite, stop)).ConfigureAwait(false);
            if (ended == supervisor.Failed)
                throw await supervisor.Failed.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped while still starting.
        }
        finally
        {
            console.MarkupLine("stopping");
            await supervisor.StopAsync("demo-logs", "agent", "porter", "archie", "buck").ConfigureAwait(false);
        }

        console.MarkupLineInterpolated($"stopped; state is kept in [bold]{options.StateDirectory}[/], and the next start continues from it");
        return ExitCode.Ok;
    }

    private IReadOnlyList<string> ChooseGlobs()
    {
        if (options.Globs.Count > 0)
            return options.Globs;
        IReadOnlyList<string> readable = SystemLogs.Readable();
        if (readable.Count > 0 || options.Demo)
            return readable;
        throw new FatalException(ExitCode.Unavailable,
            $"nothing to follow: none of {string.Join(", ", SystemLogs.Globs)} exists and can be read. Name files (tools/up 'PATH/*.log'), or try tools/up --demo.");
    }

    private StateDirectory HoldState()
    {
        try
        {
            return StateDirectory.Ensure(options.StateDirectory);
        }
        catch (FatalException e) when (e.ExitCode == ExitCode.Unavailable && UpState.Read(layout.StateFile) is { } running)
        {
            throw new FatalException(ExitCode.Unavailable,
                $"already running: process {running.ProcessId}, {Link(running.Url)}. Stop it first, or choose another directory with --state.", e);
        }
    }

    private List<UpProcess> PlanProcesses(UpState? before)
    {
        var ports = new PortPicker(options.FirstPort, PortPicker.IsFreeOnLoopback);
        int? Before(string name, Func<UpProcess, string?> address) =>
            before?.Processes.FirstOrDefault(p => p.Name == name) is { } old && address(old) is { } text ? int.Parse(text[(text.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture) : null;
        UpProcess Daemon(string name, string part) => new() { Name = name, Part = part, Config = layout.ConfigOf(name), Log = layout.LogOf(name) };

        // Archie first: it gets the first port, the one people see.
        var processes = new List<UpProcess> { Daemon("archie", "archie") with { Http = $"http://127.0.0.1:{ports.Pick(Before("archie", p => p.Http))}" } };
        for (int i = 1; i <= BuckCount; i++)
        {
            string name = $"buck-{i}";
            processes.Add(Daemon(name, "buck") with
            {
                Listen = $"127.0.0.1:{ports.Pick(Before(name, p => p.Listen))}",
                Http = $"http://127.0.0.1:{ports.Pick(Before(name, p => p.Http))}",
            });
        }

        processes.Add(Daemon("porter", "porter"));
        processes.Add(Daemon("agent", "agent"));
        if (options.Demo)
            processes.Add(new UpProcess { Name = "demo-logs", Part = "demo-logs", Log = layout.LogOf("demo-logs") });
        return processes;
    }

    private async Task StartAsync(Supervisor supervisor, List<UpProcess> processes, Dictionary<string, string> executables, CancellationToken stop)
    {
        Dictionary<string, long> logEnds = processes.ToDictionary(p => p.Name, p => File.Exists(p.Log) ? new FileInfo(p.Log).Length : 0);
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        var display = new StartDisplay(console, time, new Readiness(http));
        // Bucks first: everybody else begins by connecting to them.
        ILookup<bool, UpProcess> waves = processes.ToLookup(p => p.Part == "buck");
        foreach (UpProcess[] wave in new[] { waves[true].ToArray(), waves[false].ToArray() })
        {
            foreach (UpProcess process in wave)
            {
                if (process.Part == "demo-logs")
                    supervisor.Start(process, Environment.ProcessPath!, ["demo-logs", "--directory", layout.DemoLogs]);
                else
                    supervisor.Start(process, executables[process.Part], ["--config", process.Config!]);
            }

            await display.WaitAsync(wave, logEnds, supervisor.Failed, StartPatience, stop).ConfigureAwait(false);
        }
    }

    private void Announce(IReadOnlyList<string> globs, string url)
    {
        console.WriteLine();
        console.MarkupLine("[bold green]Tailer runs.[/] Open this URL; it carries the token:");
        console.WriteLine();
        // Plain and on a line of its own: scripts read it, terminals make it a link.
        console.Profile.Out.Writer.WriteLine("    " + Link(url));
        console.WriteLine();
        foreach (string glob in globs)
            console.MarkupLineInterpolated($"    [grey]follows[/]  {glob}");
        if (options.Demo)
            console.MarkupLineInterpolated($"    [grey]follows[/]  {layout.DemoLogs}, written by the demo");
        console.MarkupLineInterpolated($"    [grey]state[/]    {options.StateDirectory}");
        console.MarkupLine("    [grey]stop[/]     Ctrl-C");
        console.WriteLine();
    }

    private string Link(string url) => $"{url}/?token={SecretFile.ReadText(layout.TokenFile)}";

    private void WriteState(IReadOnlyList<UpProcess> processes, string url)
    {
        lock (stateLock)
        {
            current = new UpState
            {
                Environment = EnvironmentName,
                ProcessId = Environment.ProcessId,
                Url = url,
                TokenFile = layout.TokenFile,
                Credential = layout.Credential("operator"),
                RecentPath = layout.Recent,
                ArchivePath = layout.Archive,
                BucketSeconds = ConfigFiles.BucketSeconds,
                Processes = [.. processes],
            };
            current.Write(layout.StateFile);
        }
    }

    private void NoteProcess(string name, int processId)
    {
        lock (stateLock)
        {
            if (current is null)
                return;
            current = current with { Processes = [.. current.Processes.Select(p => p.Name == name ? p with { ProcessId = processId } : p)] };
            current.Write(layout.StateFile);
        }
    }
}
