using Tailer.Disk;
using Tailer.Testing;

namespace Tailer.Agent.Tests;

/// <summary>Files that come and go while nobody looks.</summary>
public sealed class FileCatchTests : IDisposable
{
    private readonly AgentRig rig = new();

    public void Dispose() => rig.Dispose();

    [Fact]
    public async Task A_followed_file_is_held_open_as_soon_as_it_appears_and_others_are_not()
    {
        using var files = new FileCatch(SystemFileTree.Instance, path => path.EndsWith(".log", StringComparison.Ordinal));
        files.Start();
        files.Watch(new HashSet<string> { rig.Logs });
        var held = new List<string>();
        int number = 0;
        // The directory is watched from soon on, not from now on.
        await Wait.For(
            () =>
            {
                File.WriteAllText(rig.PathOf($"a{number}.txt"), "not followed");
                File.WriteAllText(rig.PathOf($"a{number}.log"), $"content {number++}");
                while (files.TryTake(out string? place, out IFileHandle? handle))
                {
                    using (handle)
                        held.Add(place);
                }
                return held.Count > 0;
            },
            "a file is caught");
        Assert.All(held, place => Assert.EndsWith(".log", place, StringComparison.Ordinal));
    }

    [Fact]
    public void Files_that_were_renamed_and_deleted_before_anybody_looked_are_read_and_in_order()
    {
        rig.Start();
        Append("first\n");
        rig.Step();
        var caught = new List<IFileHandle>();
        foreach (string line in (string[])["second\n", "third\n", "fourth\n"])
        {
            File.Move(rig.PathOf("app.log"), rig.PathOf("app.log.1"), overwrite: true);
            Append(line);
            caught.Add(SystemFileTree.Instance.Open(rig.PathOf("app.log")));
        }
        File.Delete(rig.PathOf("app.log.1"));
        foreach (IFileHandle handle in caught)
            rig.Core.Take(rig.PathOf("app.log"), handle);
        rig.Pass(TimeSpan.FromSeconds(3));
        rig.Stop();
        Assert.Equal("first\nsecond\nthird\nfourth\n", rig.Cat("app.log"));
        Assert.Empty(rig.Manifests().SelectMany(m => m.Sources).SelectMany(s => s.Skips));
    }

    /// <summary>The directory has not changed for so long that its list is kept, and was searched up to the first caught file.</summary>
    [Fact]
    public async Task A_file_that_was_not_caught_between_two_that_were_is_found_where_it_was_renamed_to()
    {
        rig.Start();
        Append("first\n");
        rig.Step();
        var caught = new List<IFileHandle>();
        foreach (string line in (string[])["second\n", "third\n", "fourth\n"])
        {
            // Stamps move in steps: each file begins in one of its own.
            ulong before = SystemFileTree.Instance.NowNs;
            await Wait.For(() => SystemFileTree.Instance.NowNs > before + 20_000_000, "the file system's clock has moved on");
            File.Move(rig.PathOf("app.log"), rig.PathOf($"app.log.00000{caught.Count + 1}"));
            Append(line);
            caught.Add(SystemFileTree.Instance.Open(rig.PathOf("app.log")));
        }
        caught[1].Dispose();
        ulong changed = SystemFileTree.Instance.NowNs;
        await Wait.For(() => SystemFileTree.Instance.NowNs > changed + 150_000_000, "the directory is as it was for longer than a stamp's step");
        rig.Core.Take(rig.PathOf("app.log"), caught[0]);
        rig.Core.Take(rig.PathOf("app.log"), caught[2]);
        rig.Pass(TimeSpan.FromSeconds(3));
        rig.Stop();
        Assert.Equal("first\nsecond\nthird\nfourth\n", rig.Cat("app.log"));
    }

    /// <summary>Two are kept, and the reading thread was away for four rotations: those that are left must not come before the one that is not.</summary>
    [Fact]
    public async Task A_file_that_was_caught_and_is_deleted_comes_before_those_that_are_still_there()
    {
        rig.Start();
        Append("first\n");
        rig.Step();
        var caught = new List<IFileHandle>();
        foreach (string line in (string[])["second\n", "third\n", "fourth\n", "fifth\n"])
        {
            ulong before = SystemFileTree.Instance.NowNs;
            await Wait.For(() => SystemFileTree.Instance.NowNs > before + 20_000_000, "the file system's clock has moved on");
            if (File.Exists(rig.PathOf("app.log.1")))
                File.Move(rig.PathOf("app.log.1"), rig.PathOf("app.log.2"), overwrite: true);
            File.Move(rig.PathOf("app.log"), rig.PathOf("app.log.1"));
            Append(line);
            caught.Add(SystemFileTree.Instance.Open(rig.PathOf("app.log")));
        }
        foreach (IFileHandle handle in caught)
            rig.Core.Take(rig.PathOf("app.log"), handle);
        rig.Pass(TimeSpan.FromSeconds(3));
        rig.Stop();
        Assert.Equal("first\nsecond\nthird\nfourth\nfifth\n", rig.Cat("app.log"));
    }

    [Fact]
    public void A_file_that_was_caught_and_is_known_or_not_followed_is_let_go()
    {
        rig.Start();
        Append("known\n");
        rig.Step();
        int handles = rig.Reader.Handles;
        rig.Core.Take(rig.PathOf("app.log"), SystemFileTree.Instance.Open(rig.PathOf("app.log")));
        File.WriteAllText(rig.PathOf("other.txt"), "not followed\n");
        rig.Core.Take(rig.PathOf("other.txt"), SystemFileTree.Instance.Open(rig.PathOf("other.txt")));
        Assert.Equal(handles, rig.Reader.Handles);
        rig.Pass(TimeSpan.FromSeconds(3));
        rig.Stop();
        Assert.Single(rig.Delivered());
    }

    private void Append(string text) => File.AppendAllText(rig.PathOf("app.log"), text);
}
