using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Tailer.Testing;

namespace Tailer.EndToEnd.Tests;

/// <summary>One log with a few lines, a real buck, and the configuration for an agent that is started by the test as it likes.</summary>
internal sealed class AgentScene : IAsyncDisposable
{
    private readonly TempDirectory logs = new();
    private readonly Cluster cluster;

    /// <param name="more">Lines for the agent's configuration.</param>
    /// <param name="hasBuck">The buck runs from the start.</param>
    /// <param name="state">The agent's state directory, in that of the scene.</param>
    public AgentScene(string more = "", bool hasBuck = true, string? state = null)
    {
        LogFolder = logs.Sub("secret");
        Log = logs.File("secret/app.log", string.Concat(Enumerable.Range(0, 100).Select(i => string.Create(CultureInfo.InvariantCulture, $"2026-11-22T10:00:00.{i:000}Z INFO line {i} of a log\n"))));
        cluster = Cluster.Create(new ClusterOptions { Paths = [Path.Combine(LogFolder, "*.log")], Bucks = 1, BucketTime = "60s" });
        State = state is null ? cluster.AgentState : Path.Combine(cluster.Root, state);
        File.WriteAllText(Config, File.ReadAllText(Config).Replace($"state: {cluster.AgentState}\n", $"state: {State}\n", StringComparison.Ordinal) + more);
        if (hasBuck)
            Buck.Start();
    }

    public string LogFolder { get; }

    public string Log { get; }

    public string Root => cluster.Root;

    public string State { get; }

    public string Config => cluster.Agent.Config;

    public string Credential => cluster.CredentialPath("agent");

    public ClusterPart Buck => cluster.Bucks[0];

    public ClusterPart Archie => cluster.Archie;

    /// <summary>Starts the last of the words, an executable, in an empty environment and in another directory; words before are what starts it.</summary>
    public TailerProcess Start(params string[] command) => Start(new Dictionary<string, string>(), command);

    public TailerProcess Start(IReadOnlyDictionary<string, string> environment, params string[] command) =>
        TailerProcess.StartFile(command[0], [.. command[1..], "--config", cluster.Agent.Config], environment, "/");

    /// <summary>Starts the agent as it was built, with the test's environment and these variables.</summary>
    public TailerProcess StartBuilt(params (string Name, string Value)[] environment) =>
        TailerProcess.Start("tailer-agent", ["--config", Config], environment.ToDictionary(e => e.Name, string? (e) => e.Value));

    /// <summary><c>tailer-agent --config F --status</c>, to its end.</summary>
    public Task<ProcessResult> Status(params string[] more) => TailerProcess.Run("tailer-agent", ["--config", Config, "--status", .. more]);

    /// <summary>The same as JSON; nothing before the agent can be asked.</summary>
    public async Task<JsonElement?> StatusJson()
    {
        ProcessResult status = await Status("--json");
        return status.ExitCode == 69 ? null : JsonDocument.Parse(status.Output).RootElement;
    }

    /// <summary>The first status for which the condition holds.</summary>
    public async Task<JsonElement> StatusWith(Func<JsonElement, bool> condition, string because)
    {
        JsonElement found = default;
        await Wait.For(async () => await StatusJson() is { } status && condition(found = status), because);
        return found;
    }

    public Task<ProcessResult> Cli(params string[] arguments) => cluster.Cli(arguments);

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
