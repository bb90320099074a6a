using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tailer.Testing;

namespace Tailer.Bench;

/// <summary>
/// What the packaged agent costs with 10,000 files of which none, one, or a hundred are written: processor time, memory, and how soon
/// every line is on two of three bucks while nobody watches.
/// </summary>
internal static class IdleBenchmark
{
    private const int Files = 10_000;
    private const int FilesPerDirectory = 100;
    private const int LinesPerSecond = 1_000;
    private const int HotFiles = 100;
    private const int Copies = 2;

    /// <summary>Code that ran often is compiled again, the minute's manifest is sent, unused memory is given back; rest comes after that.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(100);

    public static async Task<IReadOnlyList<BenchRow>> Run(BenchSettings settings)
    {
        TimeSpan time = TimeSpan.FromSeconds(settings.Quick ? 20 : 40);
        using var directory = new TempDirectory();
        string[] files = MakeFiles(directory);
        await using Cluster cluster = Cluster.Create(new ClusterOptions { Paths = [Path.Combine(directory.Path, "*/*.log")], BucketTime = "60s" });
        await cluster.StartBucks();
        long started = Stopwatch.GetTimestamp();
        await using TailerProcess agent = TailerProcess.StartFile(
            AgentPackage.Executable, ["--config", cluster.Agent.Config], new Dictionary<string, string> { ["DOTNET_EnableDiagnostics"] = "0" }, "/");
        var stored = new StoredRanges([.. Enumerable.Range(0, cluster.Bucks.Count).Select(cluster.BuckData)]);
        await agent.Until(() => files.All(file => stored.Look().CopiesOf(file, new FileInfo(file).Length) >= Copies), "all files are on two bucks", TimeSpan.FromMinutes(5));
        Say($"{Files} files on {Copies} bucks {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s after the start, {ProcessCpu.Seconds(agent.Pid):0.00} CPU s");

        await Task.Delay(Settle); // pause: what a start leaves to be done is not what rest costs
        double idle = await Percent(agent.Pid, Task.Delay(time)); // pause: the measured time
        double memory = Megabytes(agent.Pid);
        double steady = await Percent(agent.Pid, Write(files[..1], time));
        var delays = new List<double>();
        double hot = await Percent(agent.Pid, WriteAndLook(files[^HotFiles..], stored, time, delays));
        Say($"100 hot files: median {delays.Order().ElementAt(delays.Count / 2):0.00} s, {hot:0.00} % CPU, memory at the end {Megabytes(agent.Pid):0.0} MB, at most {PartProcess.PeakMegabytes(agent.Pid):0.0} MB");
        return
        [
            new BenchRow("idle", "cpu-percent", idle, "%", null, null, "<= 1", "<= 0.2"),
            new BenchRow("idle", "rss-mb", memory, "MB", null, null, "<= 60", "<= 30"),
            new BenchRow("idle", "steady-cpu-percent", steady, "%", null, null, "<= 5", null),
            new BenchRow("idle", "hot-max-s", delays.Max(), "s", null, null, "<= 2", null),
            new BenchRow("idle", "hot-cpu-percent", hot, "%", null, null, null, null),
        ];
    }

    private static string[] MakeFiles(TempDirectory directory)
    {
        var files = new string[Files];
        for (int i = 0; i < files.Length; i++)
            files[i] = directory.File($"app-{i / FilesPerDirectory:000}/service-{i:00000}.log", string.Concat(Enumerable.Range(0, 5).Select(n => Line(i, n))));
        return files;
    }

    private static string Line(long file, long number) => string.Create(
        CultureInfo.InvariantCulture,
        $"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ} INFO worker[{file % 97}]: request {number:x8} of user {number * 7919 % 10007} for /api/v1/items/{number * 31 % 5003} took {number % 97} ms, status 200, 1432 bytes sent\n");

    /// <summary>Processor time of a process while something goes on, as a part of one core.</summary>
    private static async Task<double> Percent(int pid, Task meanwhile)
    {
        double before = ProcessCpu.Seconds(pid);
        long from = Stopwatch.GetTimestamp();
        await meanwhile;
        return (ProcessCpu.Seconds(pid) - before) / Stopwatch.GetElapsedTime(from).TotalSeconds * 100;
    }

    /// <summary>1,000 lines a second, ten at a time, in turn to these files. Gives each line's end and the time it was written.</summary>
    private static async Task<List<(string File, long End, long At)>> Write(string[] files, TimeSpan time)
    {
        const int batch = 10;
        var written = new List<(string, long, long)>();
        FileStream[] streams = [.. files.Select(file => new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0))];
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds((double)batch / LinesPerSecond));
        long lines = (long)(LinesPerSecond * time.TotalSeconds);
        for (long i = 0; i < lines; i++)
        {
            if (i % batch == 0)
                await timer.WaitForNextTickAsync();
            FileStream stream = streams[i % streams.Length];
            stream.Write(Encoding.UTF8.GetBytes(Line(i, i)));
            written.Add((files[i % files.Length], stream.Position, Stopwatch.GetTimestamp()));
        }
        foreach (FileStream stream in streams)
            await stream.DisposeAsync();
        return written;
    }

    private static async Task WriteAndLook(string[] files, StoredRanges stored, TimeSpan time, List<double> delays)
    {
        using var stop = new CancellationTokenSource();
        Task looking = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    stored.Look();
                    stop.Token.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(20));
                }
            },
            CancellationToken.None);
        List<(string File, long End, long At)> written = await Write(files, time);
        await Wait.For(() => written.TakeLast(files.Length).All(line => stored.SeenAt(line.File, line.End, Copies) is not null), "every line is on two bucks");
        await stop.CancelAsync();
        await looking;
        delays.AddRange(written.Select(line => Stopwatch.GetElapsedTime(line.At, stored.SeenAt(line.File, line.End, Copies)!.Value).TotalSeconds));
    }

    private static double Megabytes(int pid) => ProcessMemory.ResidentBytes(pid)!.Value / 1e6;

    private static void Say(FormattableString text) => Console.Error.WriteLine("idle: " + text.ToString(CultureInfo.InvariantCulture));
}
