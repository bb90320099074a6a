using System.Text;
using Tailer.Testing;

namespace Tailer.Agent.Tests;

/// <summary>Directories that must not be listed.</summary>
public sealed class HiddenDirectoryTests
{
    [Fact]
    public void A_directory_that_must_not_be_listed_is_named_once_and_read_when_it_may_be()
    {
        var log = new StringBuilder();
        using AgentRig rig = RigInMemory();
        rig.Log = new HistoryLog(log);
        rig.Files.Append(rig.PathOf("app.log"), "a line\n"u8);
        rig.Files.Permit(rig.Logs, false);
        rig.Start();
        rig.Pass(TimeSpan.FromSeconds(5));
        Assert.Equal(1, Named());
        rig.Files.Permit(rig.Logs, true);
        rig.Pass(TimeSpan.FromSeconds(5));
        Assert.Equal("a line\n", Cat());
        Assert.Equal(1, Named());

        int Named() => log.ToString().Split($"{rig.Logs} cannot be listed").Length - 1;

        string Cat()
        {
            rig.Seal();
            return rig.Cat("app.log");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("app.log")]
    public void What_may_be_read_at_last_is_read_as_soon_as_that_is_told(string permitted)
    {
        using AgentRig rig = RigInMemory();
        rig.IsTold = true;
        string path = permitted.Length == 0 ? rig.Logs : rig.PathOf(permitted);
        rig.Files.Append(rig.PathOf("app.log"), "a line\n"u8);
        rig.Files.Permit(path, false);
        rig.Start();
        rig.Pass(TimeSpan.FromMinutes(1));
        rig.Files.Permit(path, true);
        rig.Step();
        rig.Seal();
        Assert.Equal("a line\n", rig.Cat("app.log"));
    }

    [Fact]
    public void Permissions_of_the_root_are_a_directorys_too()
    {
        using AgentRig rig = RigInMemory();
        rig.Start();
        Assert.False(rig.Finder.TryLookAtName("/"));
    }

    private static AgentRig RigInMemory()
    {
        var clock = new MemoryClock(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        return new AgentRig(new MemoryFileTree(clock, TimeSpan.FromMilliseconds(4)), new MemoryDisk(), clock);
    }
}
