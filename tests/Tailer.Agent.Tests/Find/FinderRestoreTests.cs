using Tailer.Blocks;
using Tailer.Testing;

namespace Tailer.Agent.Tests;

/// <summary>What the finder makes of a state.</summary>
public sealed class FinderRestoreTests
{
    [Fact]
    public async Task Sources_that_name_each_other_as_predecessors_do_not_keep_the_agent_from_starting()
    {
        var clock = new MemoryClock(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        using var rig = new AgentRig(new MemoryFileTree(clock, TimeSpan.FromMilliseconds(4)), new MemoryDisk(), clock);
        rig.Start();
        SourceId first = IdOf(1), second = IdOf(2);
        string path = rig.PathOf("app.log");
        var saved = new FinderState(1, new Dictionary<string, SavedPath> { [path] = new(path, path, first, [], [], [], 1) }, new Dictionary<SourceId, SavedPlace>());
        Task restored = Task.Run(() => rig.Finder.Restore([PositionOf(1, first, second), PositionOf(2, second, first)], saved));
        await restored.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(2, rig.Finder.Sources.Count);

        SourcePosition PositionOf(ulong inode, SourceId id, SourceId predecessor) => new(
            new SourceDescriptor { Id = id, Agent = "agent-1", Host = "host-1", Path = rig.PathOf("app.log"), Inode = inode, BirthTimeNs = 1, Predecessor = predecessor },
            0, 0, 0, 0, MidLine: false);
    }

    private static SourceId IdOf(ulong inode) => SourceDescriptor.DeriveId(SourceKind.File, "agent-1", 7, inode, 1, 0, "");
}
