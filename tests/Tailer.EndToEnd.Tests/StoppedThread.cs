using System.Runtime.InteropServices;

namespace Tailer.EndToEnd.Tests;

/// <summary>One thread of another process, held where it is (ptrace(2)), while the others go on; let go when disposed.</summary>
internal sealed partial class StoppedThread : IDisposable
{
    private const int Seize = 0x4206;
    private const int Interrupt = 0x4207;
    private const int Detach = 17;
    private const int WaitForAnyKind = 0x40000000;

    private readonly Thread tracer;
    private readonly ManualResetEventSlim done = new();
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>By the name the process gave the thread.</summary>
    public StoppedThread(int process, string name)
    {
        int id = Directory.EnumerateDirectories($"/proc/{process}/task")
            .Where(task => File.ReadAllText(Path.Combine(task, "comm")).Trim() == name)
            .Select(task => int.Parse(Path.GetFileName(task), System.Globalization.CultureInfo.InvariantCulture)).Single();
        // Only the thread that began to trace may end it.
        tracer = new Thread(() => Hold(id)) { IsBackground = true };
        tracer.Start();
    }

    /// <summary>The thread stands still.</summary>
    public Task Stopped => stopped.Task;

    public void Dispose()
    {
        done.Set();
        tracer.Join();
        done.Dispose();
    }

    private void Hold(int id)
    {
        if (ptrace(Seize, id, 0, 0) != 0 || ptrace(Interrupt, id, 0, 0) != 0 || waitpid(id, out _, WaitForAnyKind) != id)
        {
            stopped.SetException(new InvalidOperationException($"thread {id} cannot be held: {Marshal.GetLastPInvokeErrorMessage()}"));
            return;
        }
        stopped.SetResult();
        done.Wait();
        _ = ptrace(Detach, id, 0, 0);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint ptrace(nint request, int thread, nint address, nint data);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitpid(int id, out int status, int options);
}
