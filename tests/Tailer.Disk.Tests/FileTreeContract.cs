using Tailer.Testing;

namespace Tailer.Disk.Tests;

/// <summary>What every tree of followed files does; run on each kind, so that the one in memory cannot drift from the real one.</summary>
public abstract class FileTreeContract
{
    protected abstract IFileTree Tree { get; }

    protected abstract ITreeWriter Writer { get; }

    protected abstract string Root { get; }

    /// <summary>Permissions do not bind whoever runs the test.</summary>
    protected virtual bool IsPrivileged => false;

    /// <summary>Lets the clock that stamps files go on by more than a step.</summary>
    protected abstract void PassStep();

    [Fact]
    public void A_file_is_what_was_appended_to_it()
    {
        Writer.Append(At("a"), "one\n"u8);
        Writer.Append(At("a"), "two\n"u8);
        FileStatus status = There("a");
        Assert.True(status is { IsFile: true, IsDirectory: false, Size: 8, Links: 1 });
        using IFileHandle file = Tree.Open(At("a"));
        Assert.Equal(status, file.Status());
        Assert.Equal(At("a"), file.Name);
        Assert.Equal("one\ntwo\n", Read(file, 0, 100));
        Assert.Equal("two", Read(file, 4, 3));
        Assert.Equal("", Read(file, 8, 1));
        Assert.Equal("", Read(file, 800, 1));
    }

    [Fact]
    public void What_is_not_there_is_absent_and_cannot_be_opened()
    {
        Writer.Append(At("a"), "x"u8);
        foreach (string name in new[] { "b", "b/c", "a/b" })
        {
            Assert.Equal(FilePresence.Absent, Tree.Look(At(name), out FileStatus status));
            Assert.Equal(default, status);
            Assert.Null(Tree.List(At(name)));
        }
        Assert.Throws<FileNotFoundException>(() => Tree.Open(At("b")));
        Assert.Null(Tree.List(At("a")));
    }

    [Fact]
    public void A_directory_lists_its_names_in_order_with_inodes_and_kinds()
    {
        Writer.CreateDirectory(At("d/sub"));
        Writer.Append(At("d/b"), "x"u8);
        Writer.SymbolicLink("b", At("d/a"));
        IReadOnlyList<DirectoryEntry> entries = Tree.List(At("d"))!;
        Assert.Equal(["a", "b", "sub"], entries.Select(e => e.Name));
        Assert.Equal([At("d/a"), At("d/b"), At("d/sub")], entries.Select(e => e.Path));
        Assert.Equal([DirectoryEntryKind.Link, DirectoryEntryKind.File, DirectoryEntryKind.Directory], entries.Select(e => e.Kind));
        Assert.Equal(There("d/b").Identity.Inode, entries[1].Inode);
        Assert.True(There("d").IsDirectory);
    }

    [Fact]
    public void An_open_file_is_renamed_deleted_and_replaced_and_stays_what_it_is()
    {
        using ITreeAppender writer = Writer.OpenAppend(At("a"));
        writer.Append("one\n"u8);
        using IFileHandle file = Tree.Open(At("a"));
        FileIdentity identity = file.Status().Identity;
        Writer.Rename(At("a"), At("b"));
        Assert.Equal(At("b"), file.Name);
        Assert.Equal(identity, There("b").Identity);
        Writer.Append(At("c"), "other"u8);
        Writer.Rename(At("c"), At("b"));
        writer.Append("two\n"u8);
        Assert.Equal(0u, file.Status().Links);
        Assert.Equal(identity, file.Status().Identity);
        Assert.Equal("one\ntwo\n", Read(file, 0, 100));
        Assert.NotEqual(identity, There("b").Identity);
        Assert.Equal(5, There("b").Size);
        Writer.Delete(At("b"));
        Assert.Equal(FilePresence.Absent, Tree.Look(At("b"), out _));
    }

    [Fact]
    public void A_truncated_file_is_the_same_file_and_appending_goes_on_at_its_new_end()
    {
        using ITreeAppender writer = Writer.OpenAppend(At("a"));
        writer.Append("12345"u8);
        FileIdentity identity = There("a").Identity;
        Writer.Truncate(At("a"), 2);
        writer.Append("x"u8);
        Assert.Equal("12x"u8, Writer.ReadAll(At("a")));
        Writer.Truncate(At("a"), 0);
        writer.Append("y"u8);
        Assert.Equal("y"u8, Writer.ReadAll(At("a")));
        Assert.Equal(identity, There("a").Identity);
        Writer.Truncate(At("a"), 3);
        Assert.Equal("y\0\0"u8, Writer.ReadAll(At("a")));
    }

    [Fact]
    public void Two_names_of_a_file_are_one_file()
    {
        Writer.Append(At("a"), "x"u8);
        Writer.Link(At("a"), At("b"));
        Assert.Equal(2u, There("a").Links);
        Assert.Equal(There("a"), There("b"));
        Writer.Delete(At("a"));
        Assert.Equal(1u, There("b").Links);
        Assert.Equal("x"u8, Writer.ReadAll(At("b")));
    }

    [Fact]
    public void Links_are_followed_also_on_the_way_and_in_circles_hide_what_is_behind()
    {
        Writer.CreateDirectory(At("d"));
        Writer.Append(At("d/a"), "x"u8);
        Writer.SymbolicLink("d", At("e"));
        Writer.SymbolicLink("e/a", At("l"));
        Assert.Equal(There("d/a"), There("l"));
        Assert.Equal(There("d/a"), There("e/a"));
        Assert.Equal(At("e/a"), Tree.Resolve(At("l")));
        Assert.Equal(At("d/a"), Tree.Resolve(At("d/a")));
        Assert.Equal(["a"], Tree.List(At("e"))!.Select(e => e.Name));
        Writer.SymbolicLink("nowhere", At("dangling"));
        Assert.Equal(FilePresence.Absent, Tree.Look(At("dangling"), out _));
        Writer.SymbolicLink("circle", At("circle"));
        Assert.Equal(FilePresence.Hidden, Tree.Look(At("circle"), out _));
        Assert.Equal(At("circle"), Tree.Resolve(At("circle")));
    }

    [Fact]
    public void Stamps_tell_what_changed()
    {
        Writer.CreateDirectory(At("d"));
        Writer.Append(At("d/a"), "x"u8);
        FileStatus directory = There("d"), before = There("d/a");
        Assert.InRange(before.Identity.BirthTimeNs, Tree.NowNs - 60_000_000_000, Tree.NowNs);
        Assert.Equal(before.Identity.BirthTimeNs, before.StartedNs);
        PassStep();
        Writer.Append(At("d/a"), "y"u8);
        FileStatus grown = There("d/a");
        Assert.True(grown.ModifiedNs > before.ModifiedNs && grown.ChangedNs > before.ChangedNs);
        Assert.Equal(before.Identity, grown.Identity);
        Assert.Equal(directory.ModifiedNs, There("d").ModifiedNs);
        PassStep();
        Writer.Rename(At("d/a"), At("d/b"));
        FileStatus renamed = There("d/b");
        Assert.Equal(grown.ModifiedNs, renamed.ModifiedNs);
        Assert.True(renamed.ChangedNs > grown.ChangedNs);
        Assert.True(There("d").ModifiedNs > directory.ModifiedNs);
        PassStep();
        Writer.Truncate(At("d/b"), 0);
        Assert.True(There("d/b").ModifiedNs > renamed.ModifiedNs);
        Writer.Append(At("d/c"), "x"u8);
        Writer.CopyModified(At("d/b"), At("d/c"));
        Assert.Equal(There("d/b").ModifiedNs / 100, There("d/c").ModifiedNs / 100);
    }

    [Fact]
    public void A_file_made_after_another_was_deleted_is_another_even_with_its_inode_number()
    {
        Writer.Append(At("a"), "x"u8);
        FileIdentity first = There("a").Identity;
        Writer.Delete(At("a"));
        PassStep();
        Writer.Append(At("a"), "x"u8);
        Assert.NotEqual(first, There("a").Identity);
    }

    [Fact]
    public void What_may_not_be_read_or_searched_says_so()
    {
        if (IsPrivileged)
            return;
        Writer.CreateDirectory(At("d"));
        Writer.Append(At("d/a"), "x"u8);
        Writer.Permit(At("d/a"), false);
        There("d/a");
        Assert.Throws<UnauthorizedAccessException>(() => Tree.Open(At("d/a")));
        Writer.Permit(At("d/a"), true);
        using IFileHandle open = Tree.Open(At("d/a"));
        Writer.Permit(At("d"), false);
        Assert.Equal(FilePresence.Hidden, Tree.Look(At("d/a"), out _));
        Assert.Null(Tree.List(At("d")));
        Assert.Throws<UnauthorizedAccessException>(() => Tree.Open(At("d/a")));
        Assert.Equal("x", Read(open, 0, 10));
        Writer.Permit(At("d"), true);
        There("d/a");
    }

    protected string At(string name) => Path.Combine(Root, name);

    protected FileStatus There(string name)
    {
        Assert.Equal(FilePresence.There, Tree.Look(At(name), out FileStatus status));
        return status;
    }

    private static string Read(IFileHandle file, long offset, int count)
    {
        byte[] buffer = new byte[count];
        return System.Text.Encoding.Latin1.GetString(buffer, 0, file.Read(buffer, offset));
    }
}
