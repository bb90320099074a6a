using Tailer.Testing;

namespace Tailer.Agent.Tests;

/// <summary>The kernel's notices of real directories.</summary>
public sealed class ChangeWatchTests : IDisposable
{
    private readonly TempDirectory temp = new();
    private readonly ChangeWatch watch = new(useInotify: true);
    private readonly HashSet<string> names = [];
    private readonly HashSet<string> content = [];

    public void Dispose()
    {
        watch.Dispose();
        temp.Dispose();
    }

    [Fact]
    public void A_directory_that_was_replaced_is_watched_where_its_name_leads_now()
    {
        Shell.Run(temp.Path, "mkdir a b; ln -s a current");
        var wanted = new HashSet<string> { temp["a"], temp["current"] };
        Assert.True(watch.Watch(wanted));
        Assert.False(watch.Watch(wanted));
        Shell.Run(temp.Path, "mv a old; mkdir a; ln -sfn b current");
        // That it was moved is told.
        Assert.False(watch.TryTake(names, content));
        Assert.True(watch.Watch(wanted));
        Shell.Run(temp.Path, "touch a/new.log b/new.log old/no.log");
        Assert.True(watch.TryTake(names, content));
        Assert.Equal([temp["a/new.log"], temp["current/new.log"]], names.Order());
        Assert.False(watch.Watch(wanted));
    }

    [Fact]
    public void Both_names_of_a_directory_are_told_of_and_one_may_go()
    {
        Shell.Run(temp.Path, "mkdir a; ln -s a b; touch a/x.log");
        Assert.True(watch.Watch(new HashSet<string> { temp["a"], temp["b"] }));
        Shell.Run(temp.Path, "echo 1 >>a/x.log; touch a/y.log");
        Assert.True(watch.TryTake(names, content));
        Assert.Equal([temp["a/y.log"], temp["b/y.log"]], names.Order());
        Assert.Equal([temp["a/x.log"], temp["b/x.log"]], content.Order());
        watch.Watch(new HashSet<string> { temp["a"] });
        names.Clear();
        Shell.Run(temp.Path, "touch a/z.log");
        watch.TryTake(names, content);
        Assert.Equal([temp["a/z.log"]], names);
    }

    [Fact]
    public void A_directory_that_is_missing_is_told_of_when_it_comes_and_nothing_need_be_polled()
    {
        var wanted = new HashSet<string> { temp["a/b"] };
        Assert.True(watch.Watch(wanted));
        Assert.True(watch.WatchesAll);
        Assert.Null(watch.Trouble);
        Directory.CreateDirectory(temp["a/b"]);
        watch.TryTake(names, content);
        Assert.Equal([temp["a"]], names);
        Assert.True(watch.Watch(wanted));
        names.Clear();
        Shell.Run(temp.Path, "touch a/b/x.log; touch other");
        watch.TryTake(names, content);
        Assert.Equal([temp["a/b/x.log"]], names);
        Directory.Delete(temp["a/b"], recursive: true);
        watch.TryTake(names, content);
        Assert.True(watch.Watch(wanted));
        Assert.True(watch.WatchesAll);
    }

    [Fact]
    public void Permissions_of_a_directory_and_of_what_is_in_it_are_told()
    {
        Shell.Run(temp.Path, "mkdir a; touch a/x.log");
        Assert.True(watch.Watch(new HashSet<string> { temp["a"] }));
        Shell.Run(temp.Path, "chmod 600 a/x.log");
        Assert.True(watch.TryTake(names, content));
        Assert.Equal([temp["a/x.log"]], names);
        names.Clear();
        Shell.Run(temp.Path, "chmod 711 a");
        Assert.True(watch.TryTake(names, content));
        Assert.Equal([temp["a"]], names);
    }

    [Theory]
    [InlineData("700", true)]
    [InlineData("711", false)]
    public void A_directory_that_must_not_be_listed_is_told_of_when_it_may_be(string mode, bool nothingIsMissed)
    {
        Shell.Run(temp.Path, $"mkdir a; chmod {mode} a; chmod 755 .");
        var wanted = new HashSet<string> { temp["a"] };
        OtherUser.Run(() =>
        {
            Assert.True(watch.Watch(wanted));
            // Of one that may be searched files are followed by their names, and what is written to them is not told.
            Assert.Equal(nothingIsMissed, watch.WatchesAll);
        });
        Shell.Run(temp.Path, "chmod 755 a");
        OtherUser.Run(() =>
        {
            Assert.True(watch.TryTake(names, content));
            Assert.Equal([temp["a"]], names);
            Assert.True(watch.Watch(wanted));
            Assert.True(watch.WatchesAll);
            Assert.False(watch.Watch(wanted));
        });
        names.Clear();
        Shell.Run(temp.Path, "touch a/x.log");
        Assert.True(watch.TryTake(names, content));
        Assert.Equal([temp["a/x.log"]], names);
    }

    [Fact]
    public void What_cannot_be_watched_is_named()
    {
        File.WriteAllText(temp["loop"], "");
        Shell.Run(temp.Path, "rm loop; ln -s loop loop");
        watch.Watch(new HashSet<string> { temp["loop/logs"] });
        Assert.False(watch.WatchesAll);
        Assert.StartsWith($"{temp["loop/logs"]}: ", watch.Trouble, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_are_no_text_are_told()
    {
        Shell.Run(temp.Path, "mkdir $(printf 'd\\351')");
        string directory = temp[@"d\xE9"];
        Assert.True(watch.Watch(new HashSet<string> { directory }));
        Shell.Run(temp.Path, "touch $(printf 'd\\351/\\377.log')");
        watch.TryTake(names, content);
        Assert.Equal([directory + @"/\xFF.log"], names);
        Shell.Run(temp.Path, "rm -r d*");
    }
}
