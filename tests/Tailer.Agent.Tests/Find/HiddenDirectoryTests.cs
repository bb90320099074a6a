using System.Text;
using Tailer.Testing;

namespace Tailer.Agent.Tests;

/// <summary>Directories that must not be listed.</summary>
public sealed class HiddenDirectoryTests
{
    [Fact]
    public void A_directory_that_must_not_be_listed_is_named_once_and_read_when_it_may_be()
    {
        var clock = new MemoryClock(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var log = new StringBuilder();
        using var rig = new AgentRig(new MemoryFileTree(clock, TimeSpan.FromMilliseconds(4)), new MemoryDisk(), clock) { Log = new HistoryLog(log) };
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
}
