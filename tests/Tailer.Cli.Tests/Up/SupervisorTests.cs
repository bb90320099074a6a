using System.Collections.Concurrent;
using Tailer.Cli.Up;
using Tailer.Hosting;
using Tailer.Testing;

namespace Tailer.Cli.Tests.Up;

/// <summary>On real processes: shell scripts that behave as a part might.</summary>
public sealed class SupervisorTests : IDisposable
{
    private readonly TempDirectory temp = new();
    private readonly ConcurrentQueue<string> said = new();
    private readonly ConcurrentQueue<(string Name, int Id)> changes = new();
    private readonly Supervisor supervisor;

    public SupervisorTests() => supervisor = new Supervisor(TimeProvider.System, said.Enqueue, (name, id) => changes.Enqueue((name, id)));

    public void Dispose()
    {
        supervisor.Dispose();
        temp.Dispose();
    }

    [Fact]
    public async Task A_process_that_dies_is_started_again_and_its_output_is_kept()
    {
        Start("a", "echo started; exit 3");
        await Wait.For(() => Output("a").Split("started").Length > 3, "the script was started three times");
        await supervisor.StopAsync("part");
        Assert.Contains(said, line => line.StartsWith("a ended (exit code 3); starting it again in 250ms.", StringComparison.Ordinal));
        Assert.Contains(said, line => line.Contains("in 500ms", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stopping_asks_with_sigterm_and_waits()
    {
        Start("a", "trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.05; done");
        await Wait.For(() => Output("a").Contains("ready", StringComparison.Ordinal), "the script runs");
        await supervisor.StopAsync("part");
        Assert.Equal("ready\nbye\n", Output("a"));
        Assert.Equal(0, changes.Last().Id);
    }

    [Fact]
    public async Task Parts_stop_one_after_the_other()
    {
        string order = temp["order"];
        foreach (string part in new[] { "agent", "buck" })
            Start(part, $"trap 'sleep 0.2; echo {part} >> {order}; exit 0' TERM; echo ready; while :; do sleep 0.05; done", part);
        await Wait.For(() => Output("agent").Length > 0 && Output("buck").Length > 0, "both run");
        await supervisor.StopAsync("agent", "buck");
        Assert.Equal("agent\nbuck\n", File.ReadAllText(order));
    }

    [Fact]
    public async Task A_wrong_configuration_is_not_tried_again()
    {
        Start("a", "echo 'a.yaml:1:1: unknown key' >&2; exit 78");
        FatalException e = await Wait.ForEnd(supervisor.Failed, "the exit code is final");
        Assert.Equal(ExitCode.Config, e.ExitCode);
        Assert.Contains("a.yaml:1:1: unknown key", e.Message, StringComparison.Ordinal);
        await supervisor.StopAsync("part");
    }

    [Fact]
    public async Task The_process_id_is_that_of_the_executable_and_its_session_is_its_own()
    {
        Start("a", "echo $$ $(cut -d' ' -f6 /proc/$$/stat); exec sleep 60");
        await Wait.For(() => Output("a").EndsWith('\n'), "the script runs");
        string[] ids = Output("a").Trim().Split(' ');
        Assert.Equal(changes.First().Id.ToString(System.Globalization.CultureInfo.InvariantCulture), ids[0]);
        Assert.Equal(ids[0], ids[1]);
        await supervisor.StopAsync("part");
    }

    private void Start(string name, string script, string part = "part") =>
        supervisor.Start(new UpProcess { Name = name, Part = part, Log = temp[name + ".log"] }, "/bin/sh", ["-c", script]);

    private string Output(string name) => File.Exists(temp[name + ".log"]) ? File.ReadAllText(temp[name + ".log"]) : "";
}
