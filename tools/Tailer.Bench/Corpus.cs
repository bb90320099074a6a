using System.Diagnostics;
using Tailer.Testing;

namespace Tailer.Bench;

/// <summary>The benchmark corpus: made by <c>../shared/bench/gen-corpus</c> where that is there, else by our own generator.</summary>
internal static class Corpus
{
    /// <summary>Writes about that many bytes of log lines; says on stderr which corpus it is.</summary>
    public static async Task Write(string path, long bytes)
    {
        string generator = Path.GetFullPath(Path.Combine(BuildOutput.Repository, "../shared/bench/gen-corpus"));
        if (!File.Exists(generator))
        {
            await Console.Error.WriteLineAsync($"corpus: own generator, {bytes} bytes");
            var lines = new LogGenerator(20261122);
            await using FileStream file = File.Create(path);
            while (file.Length < bytes)
                await file.WriteAsync(lines.Bytes(10_000));
            return;
        }
        await Console.Error.WriteLineAsync($"corpus: gen-corpus, {bytes} bytes");
        using Process process = Process.Start(new ProcessStartInfo("python3", [generator, path, bytes.ToString(System.Globalization.CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
        })!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"gen-corpus ended with {process.ExitCode}");
    }
}
