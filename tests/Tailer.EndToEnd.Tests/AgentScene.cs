using System.Diagnostics;
using System.Globalization;
using Tailer.Testing;

namespace Tailer.EndToEnd.Tests;

/// <summary>One log with a few lines, a real buck, and the configuration for an agent that is started by the test as it likes.</summary>
internal sealed class AgentScene : IAsyncDisposable
{
    private readonly TempDirectory logs = new();
    private readonly Cluster cluster;

    public AgentScene(string more = "")
    {
        LogFolder = logs.Sub("secret");
        Log = logs.File("secret/app.log", string.Concat(Enumerable.Range(0, 100).Select(i => string.Create(CultureInfo.InvariantCulture, $"2026-11-22T10:00:00.{i:000}Z INFO line {i} of a log\n"))));
        cluster = Cluster.Create(new ClusterOptions { Paths = [Path.Combine(LogFolder, "*.log")], Bucks = 1, BucketTime = "60s" });
        File.AppendAllText(cluster.Agent.Config, more);
        cluster.Bucks[0].Start();
    }

    public string LogFolder { get; }

    public string Log { get; }

    public string Root => cluster.Root;

    public string State => cluster.AgentState;

    public string Config => cluster.Agent.Config;

    public string Credential => cluster.CredentialPath("agent");

    public ClusterPart Buck => cluster.Bucks[0];

    /// <summary>Starts the last of the words, an executable, in an empty environment and in another directory; words before are what starts it.</summary>
    public TailerProcess Start(params string[] command) => Start(new Dictionary<string, string>(), command);

    public TailerProcess Start(IReadOnlyDictionary<string, string> environment, params string[] command) =>
        TailerProcess.StartFile(command[0], [.. command[1..], "--config", cluster.Agent.Config], environment, "/");

    /// <summary>Returns when the bucks hold every byte of the log.</summary>
    public async Task WaitForLines()
    {
        byte[] expected = await File.ReadAllBytesAsync(Log);
        await Wait.For(
            async () => (await cluster.Cli("cat", "--host", cluster.Host, "--path", Log)).Output.AsSpan().SequenceEqual(expected), "the buck has all lines", TimeSpan.FromMinutes(1));
    }

    public void GiveStateTo(string user)
    {
        Directory.CreateDirectory(State, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        GiveTo(user, State);
    }

    public static void GiveTo(string user, string path)
    {
        using Process chown = Process.Start("chown", [user, path]);
        chown.WaitForExit();
        Assert.Equal(0, chown.ExitCode);
    }

    /// <summary>Its memory, as the kernel tells it.</summary>
    public static string MemoryOf(TailerProcess process) =>
        string.Join(", ", File.ReadLines($"/proc/{process.Pid}/status").Where(line => line.StartsWith("VmRSS", StringComparison.Ordinal) || line.StartsWith("VmHWM", StringComparison.Ordinal) || line.StartsWith("Threads", StringComparison.Ordinal)).Select(line => line.Replace('\t', ' ')));

    public async ValueTask DisposeAsync()
    {
        await cluster.DisposeAsync();
        logs.Dispose();
    }
}
