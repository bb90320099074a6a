using System.Collections.Concurrent;
using Tailer.Hosting;

namespace Tailer.Cli.Up;

/// <summary>Keeps one set of processes running: starts each, starts it again when it ends, and stops all in order.</summary>
/// <param name="time">Clock of pauses.</param>
/// <param name="log">Says to people what happened: a line each.</param>
/// <param name="changed">Told the name and process id (0: none) after every start and end.</param>
internal sealed class Supervisor(TimeProvider time, Action<string> log, Action<string, int> changed) : IDisposable
{
    /// <summary>An agent hands on what it holds before it goes; whoever takes longer than this would not come to an end.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<string, Child> running = new();
    private readonly List<(UpProcess Process, Task Loop)> loops = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource<FatalException> failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a process can never run as it is: a wrong configuration.</summary>
    public Task<FatalException> Failed => failed.Task;

    public void Start(UpProcess process, string executable, IReadOnlyList<string> arguments) =>
        loops.Add((process, RunAsync(process, executable, arguments)));

    /// <summary>Stops part after part, in this order, each with its patience; what does not stop is killed.</summary>
    public async Task StopAsync(params IReadOnlyList<string> partsInOrder)
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        foreach (string part in partsInOrder)
            await Task.WhenAll(loops.Where(l => l.Process.Part == part).Select(l => StopAsync(l.Process, l.Loop))).ConfigureAwait(false);
    }

    public void Dispose() => stopping.Dispose();

    private async Task StopAsync(UpProcess process, Task loop)
    {
        if (running.TryGetValue(process.Name, out Child? child))
            child.Terminate();
        try
        {
            await loop.WaitAsync(StopPatience, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            log($"{process.Name} did not stop within {DurationText.Format(StopPatience)}; killed");
            child?.Kill();
            await loop.ConfigureAwait(false);
        }
    }

    private async Task RunAsync(UpProcess process, string executable, IReadOnlyList<string> arguments)
    {
        var policy = new RestartPolicy();
        while (!stopping.IsCancellationRequested)
        {
            long started = time.GetTimestamp();
            int exitCode = await RunOnceAsync(process, executable, arguments).ConfigureAwait(false);
            if (stopping.IsCancellationRequested)
                return;
            if (RestartPolicy.IsFinal(exitCode))
            {
                failed.TrySetResult(new FatalException(exitCode, $"{process.Name} cannot run ({Describe(exitCode)}):\n{Readiness.Tail(process.Log, 8)}"));
                return;
            }

            TimeSpan pause = policy.AfterRunOf(time.GetElapsedTime(started));
            log($"{process.Name} ended ({Describe(exitCode)}); starting it again in {DurationText.Format(pause)}. Its log: {process.Log}");
            try
            {
                await Task.Delay(pause, time, stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<int> RunOnceAsync(UpProcess process, string executable, IReadOnlyList<string> arguments)
    {
        using Child child = Child.Start(executable, arguments, process.Log, Path.GetDirectoryName(executable)!);
        running[process.Name] = child;
        // Stopping may have begun between the caller's look and our start; then nobody else would end this one.
        if (stopping.IsCancellationRequested)
            child.Terminate();
        changed(process.Name, child.Id);
        int exitCode = await child.WaitAsync().ConfigureAwait(false);
        running.TryRemove(process.Name, out _);
        changed(process.Name, 0);
        return exitCode;
    }

    private static string Describe(int exitCode) => exitCode switch
    {
        137 => "killed",
        > 128 => $"signal {exitCode - 128}",
        ExitCode.Unavailable => "exit code 69: something it needs is not available",
        ExitCode.Config => "exit code 78: wrong configuration",
        _ => $"exit code {exitCode}",
    };
}
