using System.Text;
using Tailer.Testing;

namespace Tailer.Disk.Tests;

/// <summary>What every disk does; run on each kind, so that the simulated ones cannot drift from the real one.</summary>
public abstract class DiskContract : IDisposable
{
    protected TempDirectory Temp { get; } = new();

    protected abstract IDisk Disk { get; }

    private string Root => Temp.Path;

    public void Dispose()
    {
        Temp.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void A_file_gives_back_what_was_written_where_it_was_written()
    {
        using IDiskFile file = Disk.OpenAppend(At("a"));
        file.Write("hello world"u8, 0);
        file.Write("W"u8, 6);
        Assert.Equal(11, file.Length);
        Assert.Equal("hello World"u8, Disk.ReadAll(At("a"))!);
        byte[] middle = new byte[5];
        Assert.Equal(5, file.Read(middle, 6));
        Assert.Equal("World"u8, middle);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("head", "")]
    [InlineData("", "body")]
    [InlineData("head", "body")]
    public void Two_pieces_are_written_behind_each_other(string first, string second)
    {
        using IDiskFile file = Disk.OpenAppend(At("a"));
        file.Write("01234567890"u8, 0);
        file.Write(Encoding.ASCII.GetBytes(first), Encoding.ASCII.GetBytes(second), 2);
        string expected = "01" + first + second + "01234567890"[(2 + first.Length + second.Length)..];
        Assert.Equal(expected, Encoding.ASCII.GetString(Disk.ReadAll(At("a"))!));
    }

    [Fact]
    public void Reading_at_or_after_the_end_gives_nothing_and_across_it_what_is_there()
    {
        using IDiskFile file = Disk.OpenAppend(At("a"));
        file.Write("12345"u8, 0);
        byte[] buffer = new byte[10];
        Assert.Equal(0, file.Read(buffer, 5));
        Assert.Equal(0, file.Read(buffer, 500));
        Assert.Equal(2, file.Read(buffer, 3));
    }

    [Fact]
    public void A_write_behind_the_end_leaves_zeros_between()
    {
        using IDiskFile file = Disk.OpenAppend(At("a"));
        file.Write("x"u8, 3);
        Assert.Equal("\0\0\0x"u8, Disk.ReadAll(At("a"))!);
    }

    [Fact]
    public void A_cut_file_grows_again_with_zeros()
    {
        using IDiskFile file = Disk.OpenAppend(At("a"));
        file.Write("12345678"u8, 0);
        file.SetLength(2);
        Assert.Equal(2, file.Length);
        file.SetLength(4);
        Assert.Equal("12\0\0"u8, Disk.ReadAll(At("a"))!);
    }

    [Fact]
    public void Opening_for_appending_keeps_what_is_there()
    {
        Put("a", "old");
        using IDiskFile file = Disk.OpenAppend(At("a"));
        Assert.Equal(3, file.Length);
        file.Write("er"u8, 3);
        file.Sync();
        Assert.Equal("older", Get("a"));
    }

    [Fact]
    public void A_reader_sees_what_is_appended_after_it_was_opened()
    {
        using IDiskFile writer = Disk.OpenAppend(At("a"));
        using IDiskFile reader = Disk.OpenRead(At("a"))!;
        Assert.Equal(0, reader.Length);
        writer.Write("new"u8, 0);
        Assert.Equal(3, reader.Length);
        Assert.Equal(3, reader.Read(new byte[8], 0));
    }

    [Fact]
    public void A_file_opened_for_reading_cannot_be_written()
    {
        Put("a", "x");
        using IDiskFile reader = Disk.OpenRead(At("a"))!;
        Assert.ThrowsAny<Exception>(() => reader.Write("y"u8, 0));
        Assert.Equal("x", Get("a"));
    }

    [Fact]
    public void What_is_missing_is_null_or_empty_or_false()
    {
        Assert.Null(Disk.OpenRead(At("no")));
        Assert.Null(Disk.OpenRead(At("no/no")));
        Assert.Null(Disk.ReadAll(At("no")));
        Assert.Null(Disk.ReadAll(At("no/no")));
        Assert.False(Disk.Exists(At("no")));
        Assert.Empty(Disk.List(At("no")));
        Assert.False(Disk.Delete(At("no")));
        Assert.False(Disk.Delete(At("no/no")));
        Assert.False(Disk.DeleteDirectory(At("no")));
    }

    [Fact]
    public void What_cannot_be_done_without_its_directory_or_file_throws()
    {
        Assert.ThrowsAny<IOException>(() => Disk.OpenAppend(At("no/a")));
        Assert.ThrowsAny<IOException>(() => Disk.SyncDirectory(At("no")));
        Assert.ThrowsAny<IOException>(() => Disk.Rename(At("no"), At("b")));
        Assert.ThrowsAny<IOException>(() => Disk.TryLink(At("no"), At("b")));
        Put("a", "x");
        Assert.ThrowsAny<IOException>(() => Disk.Rename(At("a"), At("no/b")));
        Assert.ThrowsAny<IOException>(() => Disk.TryLink(At("a"), At("no/b")));
    }

    [Fact]
    public void Directories_are_made_with_their_parents_and_again_without_harm()
    {
        Disk.CreateDirectory(At("x/y/z"));
        Put("x/y/z/f", "1");
        Disk.CreateDirectory(At("x/y/z"));
        Assert.Equal("1", Get("x/y/z/f"));
        Assert.True(Disk.Exists(At("x/y")));
        Disk.SyncDirectory(At("x/y"));
    }

    [Fact]
    public void A_directory_cannot_be_made_over_a_file()
    {
        Put("a", "x");
        Assert.ThrowsAny<IOException>(() => Disk.CreateDirectory(At("a")));
        Assert.ThrowsAny<IOException>(() => Disk.CreateDirectory(At("a/b")));
    }

    [Fact]
    public void Listing_gives_names_of_files_and_directories_in_ordinal_order()
    {
        Put("b", "");
        Put("B", "");
        Put("ä", "");
        Put("a.tmp", "");
        Disk.CreateDirectory(At("a"));
        Put("a/inside", "");
        Assert.Equal(["B", "a", "a.tmp", "b", "ä"], Disk.List(Root));
    }

    [Fact]
    public void Renaming_replaces_and_keeps_open_files_open()
    {
        Put("a", "new");
        Put("b", "old");
        using IDiskFile old = Disk.OpenRead(At("b"))!;
        Disk.Rename(At("a"), At("b"));
        Assert.Equal("new", Get("b"));
        Assert.False(Disk.Exists(At("a")));
        byte[] buffer = new byte[3];
        Assert.Equal(3, old.Read(buffer, 0));
        Assert.Equal("old"u8, buffer);
    }

    [Fact]
    public void Renaming_works_across_directories()
    {
        Disk.CreateDirectory(At("x"));
        Put("a", "1");
        Disk.Rename(At("a"), At("x/b"));
        Assert.Equal("1", Get("x/b"));
        Assert.Equal(["x"], Disk.List(Root));
    }

    [Fact]
    public void A_link_is_a_second_name_and_never_replaces()
    {
        Put("a", "1");
        Put("taken", "2");
        Assert.False(Disk.TryLink(At("a"), At("taken")));
        Assert.Equal("2", Get("taken"));
        Assert.True(Disk.TryLink(At("a"), At("b")));
        Assert.True(Disk.Delete(At("a")));
        Assert.Equal("1", Get("b"));
    }

    [Fact]
    public void A_deleted_file_is_read_to_its_end_by_who_has_it_open()
    {
        Put("a", "still here");
        using IDiskFile file = Disk.OpenRead(At("a"))!;
        Assert.True(Disk.Delete(At("a")));
        Assert.False(Disk.Delete(At("a")));
        Assert.Equal(10, file.Read(new byte[20], 0));
        Assert.Empty(Disk.List(Root));
    }

    [Fact]
    public void Only_an_empty_directory_is_deleted()
    {
        Disk.CreateDirectory(At("x"));
        Put("x/a", "");
        Assert.False(Disk.DeleteDirectory(At("x")));
        Disk.Delete(At("x/a"));
        Assert.True(Disk.DeleteDirectory(At("x")));
        Assert.False(Disk.Exists(At("x")));
    }

    [Fact]
    public void A_directory_is_not_deleted_as_a_file()
    {
        Disk.CreateDirectory(At("x"));
        Exception? thrown = Record.Exception(() => Disk.Delete(At("x")));
        Assert.True(thrown is IOException or UnauthorizedAccessException, $"{thrown}");
        Assert.True(Disk.Exists(At("x")));
    }

    [Fact]
    public void There_is_some_free_space() => Assert.True(Disk.FreeBytes(Root) > 0);

    [Fact]
    public void Many_threads_that_create_one_file_have_one_winner()
    {
        for (int round = 0; round < 20; round++)
        {
            string path = At($"round-{round}");
            int winners = 0;
            Parallel.For(0, 8, i =>
            {
                if (AtomicFile.TryCreate(Disk, path, [(byte)i]))
                    Interlocked.Increment(ref winners);
            });
            Assert.Equal(1, winners);
            Assert.Single(Disk.ReadAll(path)!);
        }
        Assert.All(Disk.List(Root), name => Assert.DoesNotContain(AtomicFile.TemporarySuffix, name, StringComparison.Ordinal));
    }

    [Fact]
    public void Many_threads_that_replace_one_file_leave_the_content_of_one()
    {
        Parallel.For(0, 16, i => AtomicFile.Write(Disk, At("a"), Enumerable.Repeat((byte)i, 5000).ToArray()));
        byte[] content = Disk.ReadAll(At("a"))!;
        Assert.Equal(5000, content.Length);
        Assert.Single(content.Distinct());
        Assert.Equal(["a"], Disk.List(Root));
    }

    protected string At(string relative) => Temp[relative];

    protected void Put(string relative, string content)
    {
        using IDiskFile file = Disk.OpenAppend(At(relative));
        file.Write(System.Text.Encoding.UTF8.GetBytes(content), 0);
        file.Sync();
    }

    private string Get(string relative) => System.Text.Encoding.UTF8.GetString(Disk.ReadAll(At(relative))!);
}
