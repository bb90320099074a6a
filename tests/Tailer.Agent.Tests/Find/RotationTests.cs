using Tailer.Blocks;
using Tailer.Testing;

namespace Tailer.Agent.Tests;

/// <summary>What the model of the agent found, said shortly: files that were empty when they were seen, and what became of them unseen.</summary>
public sealed class RotationTests : IDisposable
{
    private readonly MemoryClock clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly AgentRig rig;

    public RotationTests()
    {
        rig = new AgentRig(new MemoryFileTree(clock, TimeSpan.FromMilliseconds(4)), new MemoryDisk(), clock);
        rig.Start();
        rig.Step();
    }

    public void Dispose() => rig.Dispose();

    [Fact]
    public void An_empty_file_beside_a_new_one_is_no_copy_of_it_whatever_the_clock_says()
    {
        Append("app.log", "one\n");
        Pass();
        rig.Kill();
        clock.Set(TimeSpan.FromHours(-1));
        Delete("app.log");
        Append("app.log", "gone\n");
        Truncate("app.log");
        rig.Start();
        Rename("app.log", "app.log.1");
        Append("app.log", "three\n");
        rig.Step();
        Append("app.log.1", "two\n");
        Pass();
        Assert.Equal(["one\n", "three\n", "two\n"], rig.Delivered().Values.Select(s => s.Text).Order());
    }

    [Fact]
    public void What_was_copied_of_a_file_before_it_was_truncated_comes_before_what_it_was_deleted_with()
    {
        Append("app.log", "unseen\n");
        Truncate("app.log");
        rig.Step();
        Append("app.log", "one\n");
        rig.Files.Append(rig.PathOf("app.log.1"), "one\n"u8);
        Truncate("app.log");
        Append("app.log", "two\n");
        Delete("app.log");
        Append("app.log", "three\n");
        Pass();
        Dictionary<SourceId, DeliveredSource> delivered = rig.Delivered();
        Assert.Null(Before(delivered, "one\n"));
        Assert.Equal("two\n", Before(delivered, "three\n"));
    }

    [Fact]
    public void What_was_copied_and_truncated_where_nobody_could_look_is_read_on_when_somebody_can()
    {
        // A line that is not ended is looked at again, also while the directory must not be listed.
        Append("app.log", "one\nt");
        rig.Step();
        Append("app.log", "wo\n");
        rig.Files.Append(rig.PathOf("app.log.1"), "one\ntwo\n"u8);
        Truncate("app.log");
        Append("app.log", "three, which is longer\n");
        rig.Files.Permit(rig.Logs, false);
        rig.Pass(TimeSpan.FromSeconds(2));
        rig.Files.Permit(rig.Logs, true);
        Pass();
        rig.Stop();
        Assert.Equal("one\ntwo\nthree, which is longer\n", rig.Cat("app.log"));
        Assert.Empty(rig.Manifests().SelectMany(m => m.Sources).SelectMany(s => s.Skips));
    }

    [Fact]
    public void What_was_written_to_a_rotated_file_and_packed_waits_until_the_file_at_the_path_may_be_read()
    {
        Append("app.log", "gone\n");
        Truncate("app.log");
        rig.Step();
        Rename("app.log", "app.log.1");
        Append("app.log", "two\n");
        Pass();
        rig.Kill();
        rig.Files.Append(rig.PathOf("app.log.1"), "one\n"u8);
        Compress("app.log.1", "one\n"u8);
        rig.Files.Permit(rig.PathOf("app.log"), false);
        rig.Start();
        for (int i = 0; i < 10; i++)
            Pass();
        rig.Files.Permit(rig.PathOf("app.log"), true);
        Pass();
        Assert.Equal("one\ntwo\n", rig.Cat("app.log"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_that_is_as_old_as_one_put_back_is_read_where_nobody_knows_what_the_clock_was(bool isSetAgain)
    {
        Append("app.log", "one\n");
        Pass();
        rig.Stop();
        rig.Boot = "boot 2";
        clock.Set(TimeSpan.FromDays(20));
        Rename("app.log", "app.log.2");
        Append("app.log", "two\n");
        clock.Set(TimeSpan.FromDays(-20) - TimeSpan.FromHours(1));
        Append("app.log", "three\n");
        if (isSetAgain)
            rig.Start();
        clock.Set(TimeSpan.FromDays(300));
        Rename("app.log", "app.log.1");
        if (!isSetAgain)
            rig.Start();
        Pass();
        Assert.Equal("one\ntwo\nthree\n", rig.Cat("app.log"));
    }

    [Fact]
    public void What_was_packed_as_the_agent_starts_is_read_where_a_clock_far_ahead_stamped_what_was_before_it()
    {
        Append("app.log", "one\n");
        Pass();
        clock.Set(TimeSpan.FromDays(300));
        Rename("app.log", "app.log.1");
        Append("app.log", "two\n");
        rig.Pass(TimeSpan.FromMilliseconds(1500));
        rig.Kill();
        rig.Boot = "boot 2";
        clock.Set(TimeSpan.FromDays(-290));
        Rename("app.log", "app.log.2");
        Append("app.log", "three\n");
        clock.Set(TimeSpan.FromDays(20));
        Rename("app.log", "app.log.1");
        Compress("app.log.1", "three\n"u8);
        rig.Start();
        Pass();
        Assert.Equal("one\ntwo\nthree\n", rig.Cat("app.log"));
    }

    [Fact]
    public void What_was_written_to_an_empty_rotated_file_and_packed_is_read_whichever_name_is_told_first()
    {
        rig.Kill();
        rig.IsTold = true;
        rig.Start();
        Append("app.log", "gone\n");
        Truncate("app.log");
        rig.Step();
        Rename("app.log", "app.log.1");
        Append("app.log", "two\n");
        // Its file is no longer held open.
        rig.Pass(TimeSpan.FromMinutes(2));
        Append("app.log.1", "one\n");
        Compress("app.log.1", "one\n"u8);
        Pass();
        Assert.Equal("one\ntwo\n", rig.Cat("app.log"));
    }

    /// <summary>What the predecessor of what has this text has; null when it has none of which anything was delivered.</summary>
    private static string? Before(Dictionary<SourceId, DeliveredSource> delivered, string text) =>
        delivered.GetValueOrDefault(delivered.Values.Single(s => s.Text == text).Descriptor.Predecessor)?.Text;

    private void Append(string name, string text)
    {
        PassStep();
        rig.Files.Append(rig.PathOf(name), System.Text.Encoding.UTF8.GetBytes(text));
    }

    private void Truncate(string name)
    {
        PassStep();
        rig.Files.Truncate(rig.PathOf(name), 0);
    }

    private void Rename(string from, string to)
    {
        PassStep();
        rig.Files.Rename(rig.PathOf(from), rig.PathOf(to));
    }

    private void Delete(string name)
    {
        PassStep();
        rig.Files.Delete(rig.PathOf(name));
    }

    /// <summary>As gzip does: the archive, with the time of the file, and then the file goes.</summary>
    private void Compress(string name, ReadOnlySpan<byte> content)
    {
        string archive = rig.PathOf(name + ".gz");
        rig.Files.Append(archive, Archives.Pack(content, Packing.Gzip));
        rig.Files.CopyModified(rig.PathOf(name), archive);
        Delete(name);
    }

    private void Pass() => rig.Pass(TimeSpan.FromSeconds(10));

    private void PassStep() => clock.Advance(TimeSpan.FromMilliseconds(5));
}
