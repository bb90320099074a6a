using System.Diagnostics;
using System.Globalization;

namespace Tailer.Bench;

/// <summary>A part that answers each line by a line, once it has said that it is ready.</summary>
internal sealed class AskedProcess : IDisposable
{
    private readonly Process process;

    private AskedProcess(Process process) => this.process = process;

    public static async Task<AskedProcess> StartAsync(string part, params string[] arguments)
    {
        var started = new AskedProcess(Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [PartProcess.Word, part, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!);
        if (await started.process.StandardOutput.ReadLineAsync() != "ready")
            throw new InvalidOperationException($"'{part}' could not begin, see above");
        return started;
    }

    /// <summary>The numbers it answers.</summary>
    public async Task<double[]> AskAsync(string line)
    {
        await process.StandardInput.WriteLineAsync(line);
        await process.StandardInput.FlushAsync();
        string answer = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("a part ended, see above");
        return [.. answer.Split(' ').Select(value => double.Parse(value, CultureInfo.InvariantCulture))];
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }
}
