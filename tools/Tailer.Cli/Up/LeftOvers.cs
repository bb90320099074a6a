namespace Tailer.Cli.Up;

/// <summary>Processes of an earlier run that was killed together with its launcher: they stop by themselves within a second
/// or two, and hold ports and locks until then.</summary>
internal static class LeftOvers
{
    /// <summary>Asks every process that still runs with a configuration of this state directory to stop, and waits.</summary>
    public static async Task StopAsync(UpState before, TimeSpan patience, TimeProvider time, CancellationToken cancel)
    {
        UpProcess[] left = [.. before.Processes.Where(IsRunning)];
        foreach (UpProcess process in left)
            Child.Terminate(process.ProcessId);
        long started = time.GetTimestamp();
        while (left.Any(IsRunning))
        {
            if (time.GetElapsedTime(started) > patience)
                throw new Hosting.FatalException(Hosting.ExitCode.Unavailable, $"processes of an earlier run do not stop: {string.Join(", ", left.Where(IsRunning).Select(p => $"{p.Name} ({p.ProcessId})"))}. End them, then start again.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Process ids are used again; only one whose command line names the very configuration is ours.</summary>
    private static bool IsRunning(UpProcess process)
    {
        if (process.ProcessId == 0 || process.Config is null)
            return false;
        try
        {
            return File.ReadAllText($"/proc/{process.ProcessId}/cmdline").Split('\0').Contains(process.Config);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // Gone, or somebody else's.
        }
    }
}
