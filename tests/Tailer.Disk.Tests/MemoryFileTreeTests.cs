using Tailer.Testing;

namespace Tailer.Disk.Tests;

/// <summary>A tree like any other, and what only a simulated one can show at will.</summary>
public sealed class MemoryFileTreeTests : FileTreeContract
{
    private static readonly TimeSpan StampStep = TimeSpan.FromMilliseconds(10);

    private readonly MemoryClock clock = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly MemoryFileTree tree;

    public MemoryFileTreeTests()
    {
        tree = new MemoryFileTree(clock, StampStep);
        tree.CreateDirectory(Root);
    }

    protected override IFileTree Tree => tree;

    protected override ITreeWriter Writer => tree;

    protected override string Root => "/logs";

    protected override void PassStep() => clock.Advance(StampStep);

    [Fact]
    public void An_inode_number_is_given_again_when_nobody_holds_the_file()
    {
        Writer.Append(At("a"), "x"u8);
        FileIdentity first = There("a").Identity;
        using (Tree.Open(At("a")))
        {
            Writer.Delete(At("a"));
            Writer.Append(At("b"), "y"u8);
            Assert.NotEqual(first.Inode, There("b").Identity.Inode);
        }
        Writer.Append(At("c"), "z"u8);
        // In the same step of the clock nothing tells them apart, but their bytes.
        Assert.Equal(first, There("c").Identity);
    }

    [Fact]
    public void Notices_tell_names_and_content_of_the_directories_watched()
    {
        using var notices = new MemoryChangeNotices(tree);
        HashSet<string> names = [], content = [];
        // Of one that is missing the directory above tells.
        Assert.True(notices.Watch(new HashSet<string> { At("later") }));
        Assert.True(notices.WatchesAll);
        Writer.CreateDirectory(At("later"));
        Assert.True(notices.TryTake(names, content));
        Assert.Equal([At("later")], names);
        names.Clear();
        Assert.True(notices.Watch(new HashSet<string> { At("later") }));
        Assert.True(notices.WatchesAll);
        Writer.Append(At("later/a"), "x"u8);
        Writer.Append(At("b"), "x"u8);
        Assert.True(notices.TryTake(names, content));
        Assert.Equal([At("later/a")], names);
        Assert.Equal([At("later/a")], content);
        Writer.Rename(At("later/a"), At("later/c"));
        notices.Lose();
        Assert.False(notices.TryTake(names, content));
        Writer.Delete(At("later/c"));
        Writer.DeleteDirectory(At("later"));
        Assert.True(notices.Watch(new HashSet<string> { At("later") }));
    }
}
