using System.ComponentModel;
using System.Diagnostics;

namespace Tailer.Testing;

/// <summary>The program that search is compared with. It must be installed: a comparison that is left out proves nothing.</summary>
public static class Ripgrep
{
    private const int FoundNothing = 1;

    /// <summary>Runs rg, with no configuration of the user's, and returns what it prints; throws, with what to do, when it is missing or fails.</summary>
    public static byte[] Run(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("rg", ["--no-config", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Started(start);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        if (process.ExitCode is not (0 or FoundNothing))
            throw new InvalidOperationException($"rg {string.Join(' ', start.ArgumentList)} ended with {process.ExitCode}: {errors.GetAwaiter().GetResult()}");
        return output.ToArray();
    }

    private static Process Started(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException("ripgrep is missing (the program rg); tools/test installs it, by hand: apt-get install -y ripgrep", e);
        }
    }
}
