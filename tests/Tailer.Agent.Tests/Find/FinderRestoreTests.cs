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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_read_again_after_the_machine_was_started_anew_is_said_to_be_a_repeat_perhaps(bool isNewBoot)
    {
        var clock = new MemoryClock(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        using var rig = new AgentRig(new MemoryFileTree(clock, TimeSpan.FromMilliseconds(4)), new MemoryDisk(), clock);
        rig.Start();
        rig.Files.Append(rig.PathOf("app.log"), "before\n"u8);
        rig.Pass(TimeSpan.FromSeconds(5));
        rig.Kill();
        rig.Boot = isNewBoot ? "boot 2" : rig.Boot;
        rig.Files.Append(rig.PathOf("app.log"), "while it was down\n"u8);
        rig.Files.Append(rig.PathOf("new.log"), "new\n"u8);
        rig.Start();
        rig.Pass(TimeSpan.FromSeconds(5));
        // What comes from now on was never sent, also after another kill.
        rig.Kill();
        rig.Start();
        rig.Files.Append(rig.PathOf("app.log"), "afterwards\n"u8);
        rig.Pass(TimeSpan.FromSeconds(5));
        rig.Stop();

        (string Name, ulong From, bool MayRepeat)[] ranges = [.. rig.Packets().SelectMany(p => p.Header.Sources).OrderBy(r => r.Descriptor!.Path).ThenBy(r => r.From)
            .Select(r => (System.IO.Path.GetFileName(r.Descriptor!.Path), r.From, r.MayRepeat))];
        Assert.Equal([("app.log", 0ul, true), ("app.log", 7ul, isNewBoot), ("app.log", 25ul, false), ("new.log", 0ul, isNewBoot)], ranges);
    }

    private static SourceId IdOf(ulong inode) => SourceDescriptor.DeriveId(SourceKind.File, "agent-1", 7, inode, 1, 0, "");
}
