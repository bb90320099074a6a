using System.Diagnostics;
using System.Globalization;
using Tailer.Testing;

namespace Tailer.Bench;

/// <summary>The benchmark corpus: made by <c>../shared/bench/gen-corpus</c> where that is there, else by our own generator.</summary>
internal static class Corpus
{
    private const long QuickBytes = 100_000_000;
    private const long FullBytes = 1_000_000_000;

    private static readonly string Generator = Path.GetFullPath(Path.Combine(BuildOutput.Repository, "../shared/bench/gen-corpus"));

    /// <summary>The corpus to measure with: the file of the settings, or a generated one that is kept in artifacts/bench for the next time.</summary>
    public static async Task<string> Find(BenchSettings settings)
    {
        if (settings.CorpusFile is { } given)
            return Path.GetFullPath(given);
        long bytes = settings.Quick ? QuickBytes : FullBytes;
        string directory = Directory.CreateDirectory(Path.Combine(BuildOutput.Repository, "artifacts/bench")).FullName;
        uint version = File.Exists(Generator) ? Blocks.Crc32C.Compute(await File.ReadAllBytesAsync(Generator)) : 0;
        string path = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"corpus-{bytes / 1_000_000}mb-{version:x8}.log"));
        if (File.Exists(path))
            return path;
        string unfinished = path + ".tmp";
        await Write(unfinished, bytes);
        File.Move(unfinished, path);
        return path;
    }

    /// <summary>Writes about that many bytes of log lines; says on stderr which corpus it is.</summary>
    public static async Task Write(string path, long bytes)
    {
        if (!File.Exists(Generator))
        {
            await Console.Error.WriteLineAsync($"corpus: own generator, {bytes} bytes");
            var lines = new LogGenerator(20261122);
            await using FileStream file = File.Create(path);
            while (file.Length < bytes)
                await file.WriteAsync(lines.Bytes(10_000));
            return;
        }
        await Console.Error.WriteLineAsync($"corpus: gen-corpus, {bytes} bytes");
        using Process process = Process.Start(new ProcessStartInfo("python3", [Generator, path, bytes.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
        })!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"gen-corpus ended with {process.ExitCode}");
    }
}
