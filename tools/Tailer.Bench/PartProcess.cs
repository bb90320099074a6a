using System.Diagnostics;
using System.Text.Json;
using Tailer.Testing;

namespace Tailer.Bench;

/// <summary>
/// A measurement in a process of its own, so that its CPU time and its greatest memory are its own too: this executable, told by
/// its first argument. It prints its rows as JSON.
/// </summary>
internal static class PartProcess
{
    /// <summary>The first argument of such a process.</summary>
    public const string Word = "part";

    /// <summary>Runs a part and gives its rows; what it says on stderr is shown.</summary>
    public static IReadOnlyList<BenchRow> Run(string part, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [Word, part, .. arguments]) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize(output, BenchRowsJson.Default.ListBenchRow)!
            : throw new InvalidOperationException($"measuring '{part}' failed, see above");
    }

    /// <summary>Is such a process.</summary>
    public static async Task<int> Serve(string part, string[] arguments)
    {
        if (part == ViewersPart.Name)
            return await ViewersPart.Serve(arguments);
        if (part == IngestPart.Name)
            return await IngestPart.Serve(arguments);
        if (part == AgentsPart.Name)
            return await AgentsPart.Serve(arguments);
        IReadOnlyList<BenchRow> rows = part switch
        {
            SealPart.Name => SealPart.Run(arguments),
            SearchPart.Name => await SearchPart.Run(arguments),
            _ => throw new ArgumentException($"there is no part {part}", nameof(part)),
        };
        Console.WriteLine(JsonSerializer.Serialize([.. rows], BenchRowsJson.Default.ListBenchRow));
        return 0;
    }

    /// <summary>The most memory this process ever had.</summary>
    public static double PeakMegabytes() => PeakMegabytes(Environment.ProcessId);

    /// <summary>The same of another process. Throws <see cref="InvalidOperationException"/> when it is gone.</summary>
    public static double PeakMegabytes(int pid) => ProcessMemory.PeakBytes(pid)!.Value / 1e6;
}
