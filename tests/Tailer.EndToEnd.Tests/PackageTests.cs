using System.Diagnostics;
using System.Globalization;
using Tailer.Testing;
using Xunit.Abstractions;

namespace Tailer.EndToEnd.Tests;

/// <summary>The agent as it ships, on a host that has nothing of ours: no .NET, no environment, no place it could know.</summary>
public sealed class PackageTests(ITestOutputHelper output)
{
    private static readonly string[] Libraries = ["libsodium.so.23", "libzstd.so.1"];

    [PackagedAgentFact]
    public async Task The_packaged_agent_delivers_lines_from_an_empty_environment_with_the_libraries_beside_it()
    {
        await using var scene = new AgentScene();
        await using TailerProcess agent = scene.Start(AgentPackage.Executable);
        long started = Stopwatch.GetTimestamp();
        await scene.WaitForLines();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"delivered {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms after the start; {AgentScene.MemoryOf(agent)}"));
        string maps = await File.ReadAllTextAsync($"/proc/{agent.Pid}/maps");
        foreach (string library in Libraries)
            Assert.Contains(Path.Combine(AgentPackage.Folder!, library), maps, StringComparison.Ordinal);
        Assert.DoesNotContain("libcoreclr.so", maps, StringComparison.Ordinal);
        Assert.Equal(0, await agent.Terminate());
    }

    [PackagedAgentFact]
    public Task Without_libraries_beside_it_those_of_the_system_serve() => WithOtherLibraries(_ => { });

    /// <summary>As on a system whose glibc is older than the library was built for.</summary>
    [PackagedAgentFact]
    public Task Where_those_beside_it_cannot_be_loaded_those_of_the_system_serve() =>
        WithOtherLibraries(folder => Array.ForEach(Libraries, library => File.WriteAllText(Path.Combine(folder, library), "not a library")));

    [PackagedAgentFact(NeedsRoot = true)]
    public async Task As_another_user_with_one_capability_it_reads_a_log_that_only_root_may_read()
    {
        await using var scene = new AgentScene();
        File.SetUnixFileMode(scene.LogFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.SetUnixFileMode(scene.Log, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        scene.GiveStateTo("nobody");
        await using TailerProcess agent = scene.Start(
            "/usr/bin/setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--no-new-privs", "--bounding-set=-all,+dac_read_search",
            "--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search", AgentPackage.Executable);
        await scene.WaitForLines();
        string[] status = await File.ReadAllLinesAsync($"/proc/{agent.Pid}/status");
        Assert.Equal("CapEff:\t0000000000000004", Assert.Single(status, line => line.StartsWith("CapEff:", StringComparison.Ordinal)));
        Assert.DoesNotContain("\t0\t", Assert.Single(status, line => line.StartsWith("Uid:", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal(0, await agent.Terminate());
    }

    [PackagedAgentFact(NeedsRoot = true)]
    public async Task As_another_user_without_the_capability_it_says_that_the_log_cannot_be_read_and_goes_on()
    {
        await using var scene = new AgentScene();
        scene.GiveStateTo("nobody");
        foreach (string folder in (string[])[scene.Root, scene.LogFolder, Path.GetDirectoryName(scene.LogFolder)!])
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherExecute | UnixFileMode.OtherRead);
        AgentScene.GiveTo("nobody", scene.Credential);
        File.SetUnixFileMode(scene.Log, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using TailerProcess agent = scene.Start("/usr/bin/setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--bounding-set=-all", AgentPackage.Executable);
        Assert.Contains(scene.Log, await agent.Line("cannot be read"), StringComparison.Ordinal);
        File.SetUnixFileMode(scene.Log, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        await scene.WaitForLines();
        Assert.Equal(0, await agent.Terminate());
    }

    private static async Task WithOtherLibraries(Action<string> put)
    {
        using var place = new TempDirectory();
        string executable = place["tailer-agent"];
        File.Copy(AgentPackage.Executable, executable);
        put(place.Path);
        await using var scene = new AgentScene();
        await using TailerProcess agent = scene.Start(executable);
        await scene.WaitForLines();
        string maps = await File.ReadAllTextAsync($"/proc/{agent.Pid}/maps");
        foreach (string library in Libraries)
        {
            string loaded = Assert.Single(maps.Split('\n').Where(line => line.Contains(library.Split('.')[0], StringComparison.Ordinal)).Select(line => line[line.IndexOf('/', StringComparison.Ordinal)..]).Distinct());
            Assert.DoesNotContain(place.Path, loaded, StringComparison.Ordinal);
        }
    }
}
