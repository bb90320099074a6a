using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Tailer.Bench;

/// <summary>A pipeline of programs that was run to its end: what it printed, wall time, and user and system CPU of all of it.</summary>
internal sealed partial record ToolRun(string Output, double WallSeconds, double CpuSeconds)
{
    private const int ChildrenThatEnded = -1;

    /// <summary>
    /// Runs a line of bash, whose <c>$1</c> and so on are the arguments. Throws when a program of it fails; ending with 1 is rg's way to
    /// say that nothing matches. One at a time: the CPU is that of all children that ended meanwhile.
    /// </summary>
    public static ToolRun Of(string script, params string[] arguments)
    {
        double before = ChildrenCpuSeconds();
        long start = Stopwatch.GetTimestamp();
        using Process process = Process.Start(new ProcessStartInfo("bash", ["-o", "pipefail", "-c", script, "bash", .. arguments])
        {
            RedirectStandardOutput = true,
        })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        double wall = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (process.ExitCode is not (0 or 1))
            throw new InvalidOperationException($"'{script}' with {string.Join(' ', arguments)} ended with {process.ExitCode}; zstd and rg (ripgrep) must be installed");
        return new ToolRun(output, wall, ChildrenCpuSeconds() - before);
    }

    /// <summary>getrusage(2), of children that have been waited for.</summary>
    private static double ChildrenCpuSeconds()
    {
        Span<long> usage = stackalloc long[18];
        if (getrusage(ChildrenThatEnded, usage) != 0)
            throw new InvalidOperationException($"getrusage: error {Marshal.GetLastPInvokeError()}");
        return usage[0] + usage[2] + ((usage[1] + usage[3]) / 1e6);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getrusage(int who, Span<long> usage);
}
