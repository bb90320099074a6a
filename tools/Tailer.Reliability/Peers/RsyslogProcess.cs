using System.Diagnostics;
using System.Globalization;
using Tailer.Testing;

namespace Tailer.Reliability;

/// <summary>
/// One rsyslogd of our own: its own configuration, work directory and pid file, from packages unpacked into artifacts/rsyslog by tools/reliability.
/// Whatever rsyslog the machine has is not touched.
/// </summary>
internal sealed class RsyslogProcess : IAsyncDisposable
{
    private static readonly string Root = Path.Combine(BuildOutput.Repository, "artifacts", "rsyslog");

    private readonly string directory;
    private readonly string config;
    private Process? process;

    /// <summary>Writes the configuration; starts nothing.</summary>
    public RsyslogProcess(string directory, string config)
    {
        this.directory = directory;
        this.config = Path.Combine(directory, "rsyslog.conf");
        File.WriteAllText(this.config, config);
    }

    public int Kills { get; private set; }

    public string LastWord { get; private set; } = "";

    /// <summary>Bytes in its work directory: what its queues hold on disk.</summary>
    public long QueueBytes => Directory.EnumerateFiles(directory, "*.0*").Sum(path => new FileInfo(path).Length);

    public static string Version()
    {
        using Process process = Process.Start(StartInfo("-v"))!;
        string version = process.StandardOutput.ReadLine() ?? "";
        process.WaitForExit();
        return string.Join(' ', version.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(2));
    }

    public void Start()
    {
        string pidFile = Path.Combine(directory, "pid");
        File.Delete(pidFile);
        process = Process.Start(StartInfo("-n", "-f", config, "-i", pidFile, "-M", Modules()))!;
        // It complains of every lost connection, some hundred times a second; its last words are kept.
        process.ErrorDataReceived += (_, e) => LastWord = e.Data ?? LastWord;
        process.BeginErrorReadLine();
    }

    public async Task Kill9()
    {
        process!.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
        Kills++;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
            await Kill9();
    }

    private static string Modules() => Directory.EnumerateDirectories(Path.Combine(Root, "usr", "lib"), "*-linux-*").Select(d => Path.Combine(d, "rsyslog")).First();

    private static ProcessStartInfo StartInfo(params string[] arguments)
    {
        string program = Path.Combine(Root, "usr", "sbin", "rsyslogd");
        if (!File.Exists(program))
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{program} is not there; tools/reliability fetches it"));
        var info = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        info.Environment["LD_LIBRARY_PATH"] = Path.GetDirectoryName(Modules());
        return info;
    }
}
