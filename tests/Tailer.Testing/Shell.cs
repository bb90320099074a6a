using System.Diagnostics;

namespace Tailer.Testing;

/// <summary>Does what .NET cannot: names that are no UTF-8, pipes, mounts.</summary>
public static class Shell
{
    /// <summary>Runs a script in a directory; throws with what it said when it fails.</summary>
    public static void Run(string directory, string script)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-ec", script])
        {
            WorkingDirectory = directory,
            RedirectStandardError = true,
        })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"exit code {process.ExitCode}: {error}");
    }
}
