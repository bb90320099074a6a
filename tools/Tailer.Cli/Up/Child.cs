using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Tailer.Cli.Up;

/// <summary>A started process. Its output goes straight to a file, not through us, so that it outlives a launcher that is
/// killed; and it is in a session of its own, so that Ctrl-C reaches the launcher only, which then stops all in order.</summary>
internal sealed partial class Child : IDisposable
{
    private const int SigTerm = 15;

    private readonly Process started;

    private Child(Process process) => started = process;

    public int Id => started.Id;

    /// <summary>Starts <paramref name="executable"/>; the file <paramref name="log"/> is appended to.</summary>
    public static Child Start(string executable, IReadOnlyList<string> arguments, string log, string workingDirectory)
    {
        // "exec" twice: the process id we see stays that of the executable.
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, RedirectStandardInput = true, WorkingDirectory = workingDirectory };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("log=$1; shift; exec setsid \"$@\" >>\"$log\" 2>&1 </dev/null");
        start.ArgumentList.Add("sh");
        start.ArgumentList.Add(log);
        start.ArgumentList.Add(executable);
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["TAILER_STOP_WITH_PARENT"] = "1";
        Process process = Process.Start(start) ?? throw new InvalidOperationException($"{executable} did not start");
        process.StandardInput.Close();
        return new Child(process);
    }

    /// <summary>Waits for the end and returns the exit code; 128 plus the signal when a signal ended it.</summary>
    public async Task<int> WaitAsync()
    {
        await started.WaitForExitAsync().ConfigureAwait(false);
        return started.ExitCode;
    }

    /// <summary>Asks for a clean stop.</summary>
    public void Terminate() => Signal(started.Id, SigTerm);

    public void Kill() => started.Kill();

    public void Dispose() => started.Dispose();

    /// <summary>Sends SIGTERM to any process; false when it is gone.</summary>
    public static bool Terminate(int processId) => Signal(processId, SigTerm);

    private static bool Signal(int processId, int signal)
    {
        if (SendSignal(processId, signal) == 0)
            return true;
        int error = Marshal.GetLastPInvokeError();
        const int noSuchProcess = 3;
        return error == noSuchProcess ? false : throw new Win32Exception(error);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
