using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Tailer.Testing;

/// <summary>
/// One of our executables as a real process, from its build output. Captures what it prints, line by line. Disposing kills it if it
/// still runs. Only the process started here is ever signalled, by its id.
/// </summary>
public sealed partial class TailerProcess : IAsyncDisposable
{
    /// <summary>How often the memory of a command is looked at.</summary>
    public static readonly TimeSpan MemoryLook = TimeSpan.FromMilliseconds(20);

    private const int LinesMax = 200_000;

    private readonly Process process;
    private readonly string name;
    private readonly Lock gate = new();
    private readonly Queue<string> output = new();
    private readonly Queue<string> errors = new();

    private TailerProcess(Process process, string name)
    {
        this.process = process;
        this.name = name;
        process.OutputDataReceived += (_, e) => Keep(output, e.Data);
        process.ErrorDataReceived += (_, e) => Keep(errors, e.Data);
    }

    public int Pid => process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>Lines of standard output so far; of very many, the last ones.</summary>
    public IReadOnlyList<string> Output => Copy(output);

    /// <summary>Lines of standard error so far; of very many, the last ones.</summary>
    public IReadOnlyList<string> Errors => Copy(errors);

    /// <summary>Starts an executable by name: tailer-agent, tailer-buck, tailer-porter, tailer-archie, tailer, tailer-bench; or by its whole path.</summary>
    public static TailerProcess Start(string name, params string[] arguments) => Start(name, arguments, null);

    /// <summary>As above, in a working directory and with environment variables set (null value: removed).</summary>
    public static TailerProcess Start(string name, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment, string? workingDirectory = null) =>
        Start(StartInfo(name, arguments, environment, workingDirectory), name);

    /// <summary>Starts any file with exactly these environment variables, as <c>env -i</c> does.</summary>
    public static TailerProcess StartFile(string path, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string workingDirectory)
    {
        ProcessStartInfo info = StartInfo(path, arguments, workingDirectory);
        info.Environment.Clear();
        foreach ((string key, string value) in environment)
            info.Environment[key] = value;
        return Start(info, Path.GetFileName(path));
    }

    /// <summary>Runs an executable to its end, with this standard input, and returns its output byte by byte.</summary>
    public static async Task<ProcessResult> Run(
        string name, IEnumerable<string> arguments, ReadOnlyMemory<byte> input = default, IReadOnlyDictionary<string, string?>? environment = null, TimeSpan? timeout = null)
    {
        using var bytes = new MemoryStream();
        ProcessResult result = await RunInto(bytes, name, arguments, input, environment, timeout);
        return result with { Output = bytes.ToArray() };
    }

    /// <summary>As above; the output goes into a stream, as it comes, and is not in the result.</summary>
    public static async Task<ProcessResult> RunInto(
        Stream output, string name, IEnumerable<string> arguments, ReadOnlyMemory<byte> input = default, IReadOnlyDictionary<string, string?>? environment = null, TimeSpan? timeout = null)
    {
        using var process = new Process { StartInfo = StartInfo(name, arguments, environment, null) };
        process.Start();
        try
        {
            Task<string> text = process.StandardError.ReadToEndAsync();
            Task copied = process.StandardOutput.BaseStream.CopyToAsync(output);
            Task fed = Feed(process, input);
            Task<long> peak = WatchMemory(process);
            await Wait.ForEnd(Task.WhenAll(text, copied, fed, process.WaitForExitAsync()), $"{name} ends", timeout);
            return new ProcessResult(process.ExitCode, [], await text) { PeakBytes = await peak };
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    /// <summary>Returns the first line, of either output, that contains the text; throws with the last lines when it does not come.</summary>
    public async Task<string> Line(string containing, TimeSpan? timeout = null)
    {
        string? found = null;
        await Until(() => (found = Find(containing)) is not null, $"{name} prints a line with '{containing}'", timeout);
        return found!;
    }

    /// <summary>Returns when something accepts connections on this loopback port.</summary>
    public Task Port(int port, TimeSpan? timeout = null) =>
        Until(() => Accepts(port), string.Create(CultureInfo.InvariantCulture, $"{name} listens on port {port}"), timeout);

    /// <summary>Returns when the condition holds; fails at once, with what the process printed last, when it ends before.</summary>
    public async Task Until(Func<bool> condition, string because, TimeSpan? timeout = null)
    {
        try
        {
            await Wait.For(
                () =>
                {
                    // Asked first, so that what a process did just before it ended still counts.
                    bool exited = process.HasExited;
                    if (exited)
                        process.WaitForExit();
                    return condition() || (exited ? throw new InvalidOperationException($"{name} ended with {process.ExitCode} before: {because}{Tail()}") : false);
                },
                because,
                timeout);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException(e.Message + Tail());
        }
    }

    /// <summary>SIGKILL, as a machine that dies; returns when the process is gone.</summary>
    public Task Kill9()
    {
        if (!process.HasExited)
            Signal(9);
        return Wait.ForEnd(process.WaitForExitAsync(), $"{name} is gone after SIGKILL");
    }

    /// <summary>SIGTERM, as an operator; returns the exit code.</summary>
    public Task<int> Terminate(TimeSpan? timeout = null)
    {
        if (!process.HasExited)
            Signal(15);
        return Exit(timeout);
    }

    /// <summary>SIGSTOP: the process keeps its connections and does nothing, as one that hangs.</summary>
    public void Pause() => Signal(19);

    /// <summary>Every thread of it stands still: the signal to pause takes a moment to reach them all.</summary>
    public bool IsPaused => Directory.EnumerateDirectories($"/proc/{Pid}/task").All(task =>
    {
        string status = File.ReadAllText(Path.Combine(task, "stat"));
        return status[status.LastIndexOf(')') + 2] == 'T';
    });

    /// <summary>SIGCONT, after <see cref="Pause"/>.</summary>
    public void Resume() => Signal(18);

    /// <summary>Waits for the process to end by itself; returns its exit code.</summary>
    public async Task<int> Exit(TimeSpan? timeout = null)
    {
        try
        {
            await Wait.ForEnd(process.WaitForExitAsync(), $"{name} ends", timeout);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException(e.Message + Tail());
        }
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await Kill9();
        process.Dispose();
    }

    private static TailerProcess Start(ProcessStartInfo info, string name)
    {
        var started = new TailerProcess(new Process { StartInfo = info }, name);
        started.process.Start();
        started.process.StandardInput.Close();
        started.process.BeginOutputReadLine();
        started.process.BeginErrorReadLine();
        return started;
    }

    private static ProcessStartInfo StartInfo(string name, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment, string? workingDirectory)
    {
        ProcessStartInfo info = StartInfo(Path.IsPathRooted(name) ? name : BuildOutput.PathOf(name), arguments, workingDirectory);
        // The runtime that runs the test is also there when it is not installed where executables look for it.
        info.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        foreach ((string key, string? value) in environment ?? new Dictionary<string, string?>())
            info.Environment[key] = value;
        return info;
    }

    private static ProcessStartInfo StartInfo(string path, IEnumerable<string> arguments, string? workingDirectory) => new(path, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        WorkingDirectory = workingDirectory ?? "",
    };

    private static async Task<long> WatchMemory(Process process)
    {
        long peak = 0;
        do
            peak = Math.Max(peak, ProcessMemory.PeakBytes(process.Id) ?? 0);
        while (!await Ended(process));
        return peak;
    }

    private static async Task<bool> Ended(Process process)
    {
        await Task.Delay(MemoryLook);
        return process.HasExited;
    }

    /// <summary>A process may end without reading its input to the end; that is its right.</summary>
    private static async Task Feed(Process process, ReadOnlyMemory<byte> input)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
        }
    }

    private static bool Accepts(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void Signal(int signal)
    {
        if (kill(process.Id, signal) != 0)
            throw new InvalidOperationException($"could not send signal {signal} to {name} ({process.Id}): {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    private void Keep(Queue<string> lines, string? line)
    {
        if (line is null)
            return;
        lock (gate)
        {
            if (lines.Count == LinesMax)
                lines.Dequeue();
            lines.Enqueue(line);
        }
    }

    private string[] Copy(Queue<string> lines)
    {
        lock (gate)
            return [.. lines];
    }

    private string? Find(string text)
    {
        lock (gate)
            return errors.Concat(output).FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal));
    }

    private string Tail()
    {
        lock (gate)
            return "\n--- standard error ---\n" + string.Join('\n', errors.TakeLast(20)) + "\n--- standard output ---\n" + string.Join('\n', output.TakeLast(20));
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);
}
