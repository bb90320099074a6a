using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Testing;

namespace Tailer.Agent.Tests;

/// <summary>Files that come and go before anybody could open them are lost, but not silently.</summary>
public sealed class ArrivalTests : IDisposable
{
    private readonly MemoryFileTree tree;
    private readonly AgentRig rig;

    public ArrivalTests()
    {
        var clock = new MemoryClock(DateTimeOffset.UtcNow);
        tree = new MemoryFileTree(clock, TimeSpan.FromMilliseconds(4));
        rig = new AgentRig(tree, new MemoryDisk(), clock) { IsTold = true };
    }

    public void Dispose() => rig.Dispose();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(3, 0)]
    [InlineData(4, 1)]
    [InlineData(7, 4)]
    public void Of_rotations_between_two_looks_the_files_that_are_gone_are_said_to_be(int rotations, int gone)
    {
        Begin();
        for (int i = 0; i < rotations; i++)
            Rotate(kept: 2);
        Assert.Equal(gone, Reported());
    }

    [Fact]
    public void What_was_found_before_anybody_told_of_files_is_kept_for_no_notice()
    {
        var arrivals = new Arrivals();
        arrivals.NoteFound("/logs/app.log");
        arrivals.NoteCreated(["/logs/app.log"]);
        Assert.Equal([("/logs/app.log", 1)], arrivals.Settle(_ => true));
    }

    [Fact]
    public void Files_that_go_while_others_come_are_counted_when_it_is_quiet_again()
    {
        Begin();
        for (int i = 0; i < 20; i++)
        {
            for (int k = 0; k < 4; k++)
                Rotate(kept: 2);
            rig.Step();
        }
        Assert.Equal(20, Reported());
    }

    [Fact]
    public void Rotations_that_are_seen_in_time_are_not_reported_whatever_else_happens_beside_the_path()
    {
        Begin();
        for (int i = 0; i < 10; i++)
        {
            Rotate(kept: 3);
            tree.Append(rig.PathOf("app.log.tmp"), "not followed"u8);
            tree.Delete(rig.PathOf("app.log.tmp"));
            rig.Step();
            tree.Append(rig.PathOf("app.log.9"), tree.ReadAll(rig.PathOf("app.log.1")));
            tree.Delete(rig.PathOf("app.log.9"));
            tree.Truncate(rig.PathOf("app.log"), 0);
            rig.Step();
            tree.Append(rig.PathOf("app.log"), "after the truncation\n"u8);
            rig.Step();
        }
        Assert.Equal(0, Reported());
    }

    [Fact]
    public void A_second_name_of_a_file_that_is_followed_is_no_file_that_went()
    {
        Begin();
        tree.Link(rig.PathOf("app.log"), rig.PathOf("other.log"));
        rig.Step();
        tree.Delete(rig.PathOf("other.log"));
        tree.Link(rig.PathOf("app.log"), rig.PathOf("other.log"));
        Assert.Equal(0, Reported());
    }

    [Fact]
    public void A_path_that_nobody_ever_saw_a_file_of_is_not_reported()
    {
        Begin();
        tree.Append(rig.PathOf("lock.log"), ""u8);
        tree.Delete(rig.PathOf("lock.log"));
        Assert.Equal(0, Reported());
    }

    [Fact]
    public void A_file_that_is_renamed_before_its_path_was_ever_seen_is_found_at_once()
    {
        Begin();
        tree.Append(rig.PathOf("new.log"), "all of it\n"u8);
        tree.Rename(rig.PathOf("new.log"), rig.PathOf("new.log.1"));
        rig.Step();
        tree.Delete(rig.PathOf("new.log.1"));
        rig.Pass(TimeSpan.FromSeconds(3));
        rig.Stop();
        Assert.Equal("all of it\n", rig.Cat("new.log"));
    }

    [Fact]
    public void Where_notices_were_lost_nothing_is_said_of_what_they_told()
    {
        Begin();
        for (int i = 0; i < 5; i++)
            Rotate(kept: 2);
        rig.Notices!.Lose();
        Assert.Equal(0, Reported());
    }

    [Fact]
    public void A_report_survives_a_kill_once_the_state_was_written()
    {
        Begin();
        for (int i = 0; i < 4; i++)
            Rotate(kept: 2);
        rig.Pass(TimeSpan.FromSeconds(5));
        rig.Kill();
        rig.Start();
        Assert.Equal(1, Reported());
    }

    private void Begin()
    {
        rig.Start();
        tree.Append(rig.PathOf("app.log"), "the first line\n"u8);
        rig.Step();
        rig.Step();
    }

    private void Rotate(int kept)
    {
        string path = rig.PathOf("app.log");
        if (tree.Exists($"{path}.{kept}"))
            tree.Delete($"{path}.{kept}");
        for (int i = kept - 1; i > 0; i--)
        {
            if (tree.Exists($"{path}.{i}"))
                tree.Rename($"{path}.{i}", $"{path}.{i + 1}");
        }
        tree.Rename(path, $"{path}.1");
        rig.Clock.Advance(TimeSpan.FromMilliseconds(20));
        tree.Append(path, System.Text.Encoding.ASCII.GetBytes($"written at {rig.Clock.GetUtcNow():O}\n"));
    }

    /// <summary>Files that manifests name as gone unseen, after enough time for everything to be said.</summary>
    private int Reported()
    {
        rig.Pass(TimeSpan.FromSeconds(3));
        rig.Stop();
        ManifestSource[] unseen = [.. rig.Manifests().SelectMany(m => m.Sources).Where(s => s.Skips.Contains(Skip.Unseen)).DistinctBy(s => s.Id)];
        Assert.All(unseen, source => Assert.Equal(rig.PathOf("app.log"), source.Descriptor.Path));
        return unseen.Length;
    }
}
