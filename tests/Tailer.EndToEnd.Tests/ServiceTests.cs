using System.Diagnostics;
using System.Text.RegularExpressions;
using Tailer.Testing;

namespace Tailer.EndToEnd.Tests;

/// <summary>The agent as a service: the test plays the service manager.</summary>
public sealed partial class ServiceTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task The_service_manager_hears_that_the_agent_is_ready_how_it_is_that_it_does_not_hang_and_that_it_stops()
    {
        await using var scene = new AgentScene();
        using var manager = new NotifySocket(Path.Combine(scene.Root, "notify"));
        await using TailerProcess agent = Start(scene, manager);
        await agent.Until(() => manager.Lines.Contains("READY=1"), "it is ready");
        await agent.Until(() => manager.Beats > 5, "it is alive");
        await agent.Until(() => manager.Lines.Contains("STATUS=1 file, 0 B behind, 1 of 1 buck, 0 B not delivered"), "it says how it is");
        await scene.Buck.Kill9();
        await agent.Until(() => manager.Lines.Any(line => line.EndsWith("; no buck can be sent to; lines are kept in the spool", StringComparison.Ordinal)), "it says what is wrong");
        Assert.Equal(0, await agent.Terminate());
        string[] words = [.. manager.Lines.Select(line => line.Split('=')[0]).Where(word => word is "READY" or "STOPPING")];
        Assert.Equal(["READY", "STOPPING"], words);
    }

    [Fact]
    public async Task A_socket_that_is_in_no_file_system_is_understood()
    {
        await using var scene = new AgentScene();
        using var manager = new NotifySocket($"@tailer-test-{Path.GetFileName(scene.Root)}");
        await using TailerProcess agent = Start(scene, manager);
        await agent.Until(() => manager.Lines.Contains("READY=1"), "it is ready");
    }

    [Fact]
    public async Task A_service_manager_that_is_gone_is_no_reason_to_stop_reading()
    {
        await using var scene = new AgentScene();
        await using TailerProcess agent = scene.StartBuilt(("NOTIFY_SOCKET", Path.Combine(scene.Root, "gone")), ("WATCHDOG_USEC", "100000"));
        await agent.Line("the service manager does not hear");
        await scene.WaitForLines();
        Assert.Equal(0, await agent.Terminate());
    }

    [Fact]
    public async Task A_reading_loop_that_hangs_is_not_called_alive_although_the_rest_goes_on()
    {
        await using var scene = new AgentScene();
        using var manager = new NotifySocket(Path.Combine(scene.Root, "notify"));
        await using TailerProcess agent = Start(scene, manager);
        await agent.Until(() => manager.Beats > 2, "it is alive");
        int beats = manager.Beats;
        using (var hanging = new StoppedThread(agent.Pid, "read"))
        {
            await hanging.Stopped;
            (int seen, long since) = (manager.Beats, Stopwatch.GetTimestamp());
            await agent.Until(
                () =>
                {
                    if (manager.Beats != seen)
                        (seen, since) = (manager.Beats, Stopwatch.GetTimestamp());
                    return Stopwatch.GetElapsedTime(since) > 2 * Limit;
                },
                "nothing says that it is alive for longer than the manager waits");
            Assert.InRange(seen, beats, beats + 1000);
            beats = seen;
            // The rest of it works: what is wrong is the loop alone.
            Assert.Equal(0, (await scene.Status()).ExitCode);
        }
        await agent.Until(() => manager.Beats > beats, "it is alive again");
        Assert.Equal(0, await agent.Terminate());
    }

    [Fact]
    public async Task The_unit_is_one_that_systemd_understands()
    {
        const string analyze = "/usr/bin/systemd-analyze";
        string unit = await File.ReadAllTextAsync(Path.Combine(BuildOutput.Repository, "agent/package/tailer-agent.service"));
        Assert.Contains("Type=notify\n", unit, StringComparison.Ordinal);
        Assert.Contains("\nAmbientCapabilities=CAP_DAC_READ_SEARCH\nCapabilityBoundingSet=CAP_DAC_READ_SEARCH\n", unit, StringComparison.Ordinal);
        if (!File.Exists(analyze))
            return;
        using var place = new TempDirectory();
        string path = place.File("tailer-agent.service", unit.Replace("/opt/tailer-agent/tailer-agent ", BuildOutput.PathOf("tailer-agent") + " ", StringComparison.Ordinal));
        (int code, string said) = await Run(analyze, "verify", "--man=no", path);
        Assert.Equal((0, ""), (code, said));
        (_, said) = await Run(analyze, "security", "--offline=true", "--no-pager", path);
        Match exposure = Exposure().Match(said);
        Assert.True(exposure.Success && double.Parse(exposure.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) <= 2.1, said);
    }

    private static TailerProcess Start(AgentScene scene, NotifySocket manager) =>
        scene.StartBuilt(("NOTIFY_SOCKET", manager.Name), ("WATCHDOG_USEC", ((long)Limit.TotalMicroseconds).ToString(System.Globalization.CultureInfo.InvariantCulture)));

    private static async Task<(int Code, string Said)> Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, text + await errors);
    }

    [GeneratedRegex(@"Overall exposure level for tailer-agent.service: ([0-9.]+)")]
    private static partial Regex Exposure();
}
