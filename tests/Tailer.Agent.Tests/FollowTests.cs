using Tailer.Blocks;

namespace Tailer.Agent.Tests;

public sealed class FollowTests : IDisposable
{
    private readonly AgentRig rig = new();

    public void Dispose() => rig.Dispose();

    [Fact]
    public void A_file_is_read_from_its_beginning_with_its_line_ends()
    {
        Write("app.log", "one\r\ntwo\n\nthree");
        rig.Start();
        rig.Step();
        rig.Pass(TimeSpan.FromSeconds(3));
        DeliveredSource source = Assert.Single(rig.Delivered().Values);
        Assert.Equal("one\r\ntwo\n\nthree", source.Text);
        Assert.Equal([5, 4, 1, 5], source.Events.Select(e => e.Length));
        Assert.Equal([false, false, false, true], source.Events.Select(e => e.Flags.HasFlag(EventFlags.Partial)));
        Assert.Equal(rig.PathOf("app.log"), source.Descriptor.Path);
    }

    /// <summary>Its packets grow while lines compress, and what then turns out too large for a frame goes as several.</summary>
    [Fact]
    public void A_backlog_that_ceases_to_compress_is_delivered_once_and_in_order()
    {
        var random = new Random(5);
        var text = new System.Text.StringBuilder();
        for (int i = 0; text.Length < 12 << 20; i++)
            text.Append(text.Length / (3 << 20) % 2 == 0 ? $"2026-11-22T09:00:{i % 60:00}Z host app[7]: request {i} took {i % 977} ms\n" : Convert.ToBase64String(Noise(random)) + "\n");
        Write("app.log", text.ToString());
        rig.Start();
        rig.Pass(TimeSpan.FromSeconds(3));
        DeliveredSource source = Assert.Single(rig.Delivered().Values);
        Assert.True(text.ToString() == source.Text);
        List<Packet> packets = rig.Packets();
        Assert.Contains(packets, p => p.Header.RawBytes >= Limits.PacketRawBytesFarBehind);
        // A half of what was begun as one that compresses.
        Assert.Contains(packets, p => p.Frame.Length > Limits.FrameBytesMax / 2 && p.Header.RawBytes > Limits.PacketRawBytesBehind + Limits.EventBytesMax);
        Assert.Equal(packets.Select((_, i) => (ulong)i), packets.Select(p => p.Header.Number));
    }

    [Fact]
    public void Rename_rotation_loses_and_repeats_nothing()
    {
        rig.Start();
        string expected = "";
        for (int i = 0; i < 20; i++)
        {
            expected += Append("app.log", $"line {i} before\n");
            rig.Step();
            expected += Append("app.log", $"line {i} after\n");
            Rotate("app.log", 30);
        }
        rig.Step();
        rig.Pass(TimeSpan.FromSeconds(3));
        Assert.Equal(expected, rig.Cat("app.log"));
    }

    [Fact]
    public void A_writer_that_goes_on_after_the_rename_is_read_on()
    {
        rig.Start();
        Append("app.log", "a\n");
        rig.Step();
        Rotate("app.log", 9);
        Append("app.log", "x\n");
        rig.Pass(TimeSpan.FromSeconds(20));
        Append("app.log.1", "b\n");
        rig.Pass(TimeSpan.FromSeconds(60));
        Assert.Equal("a\nb\nx\n", rig.Cat("app.log"));
        Append("app.log.1", "long after it was parked\n");
        rig.Pass(TimeSpan.FromSeconds(20));
        Assert.Equal("a\nb\nlong after it was parked\nx\n", rig.Cat("app.log"));
    }

    [Fact]
    public void Several_rotations_while_the_agent_was_down_are_read_in_order()
    {
        rig.Start();
        string expected = Append("app.log", "first\n");
        rig.Step();
        rig.Pass(TimeSpan.FromSeconds(2));
        rig.Kill();
        for (int i = 0; i < 4; i++)
        {
            Rotate("app.log", 9);
            expected += Append("app.log", $"while down {i}\n");
        }
        rig.Start();
        rig.Step();
        rig.Pass(TimeSpan.FromSeconds(3));
        Assert.Equal(expected, rig.Cat("app.log"));
    }

    /// <summary>Some count upwards: the greater number is the younger file.</summary>
    [Fact]
    public void Rotations_numbered_upwards_while_the_agent_was_down_are_read_in_order()
    {
        rig.Start();
        string expected = Append("app.log", "first\n");
        rig.Step();
        rig.Pass(TimeSpan.FromSeconds(2));
        rig.Kill();
        for (int i = 1; i <= 4; i++)
        {
            File.Move(rig.PathOf("app.log"), rig.PathOf($"app.log.{i:D4}"));
            // Stamps move in steps, and here only they tell the order.
            Stamps.PassStep(rig.Root);
            expected += Append("app.log", $"while down {i}\n");
        }
        rig.Start();
        rig.Step();
        rig.Pass(TimeSpan.FromSeconds(3));
        Assert.Equal(expected, rig.Cat("app.log"));
    }

    [Fact]
    public void An_unfinished_line_in_a_rotated_file_survives_a_kill_after_only_its_successor_was_spooled()
    {
        rig.Start();
        rig.Step();
        Append("other.log", "opens the packet that is sealed before the unfinished line is due\n");
        rig.Step();
        string expected = Append("app.log", "unfinished");
        rig.Step();
        Rotate("app.log", 9);
        expected += Append("app.log", "next\n");
        for (int i = 0; i < 3; i++)
            rig.Step();
        Assert.Equal("next\n", rig.Cat("app.log"));
        rig.Kill();
        rig.Start();
        rig.Step();
        rig.Pass(TimeSpan.FromSeconds(3));
        Assert.Equal(expected, rig.Cat("app.log"));
    }

    [Fact]
    public void Files_named_like_rotations_are_not_read_at_a_first_start()
    {
        Write("app.log.2", "old\n");
        Write("app.log.1", "older\n");
        Write("app.log", "new\n");
        rig.Start();
        rig.Pass(TimeSpan.FromSeconds(3));
        Rotate("app.log", 9);
        Append("app.log", "newer\n");
        rig.Pass(TimeSpan.FromSeconds(3));
        Assert.Equal("new\nnewer\n", rig.Cat("app.log"));
    }

    [Fact]
    public void A_truncated_file_is_read_anew_as_a_source_that_names_its_predecessor()
    {
        rig.Start();
        Append("app.log", "before\nunfinished");
        rig.Step();
        File.Copy(rig.PathOf("app.log"), rig.PathOf("app.log.1"));
        Truncate("app.log");
        Append("app.log", "after\n");
        rig.Step();
        rig.Pass(TimeSpan.FromSeconds(3));
        Assert.Equal("before\nunfinishedafter\n", rig.Cat("app.log"));
        Assert.Equal([0u, 1u], rig.Delivered().Values.Select(s => s.Descriptor.Incarnation).Order());
    }

    [Fact]
    public void A_copy_that_copytruncate_made_is_not_read_when_the_file_is_renamed_later()
    {
        rig.Start();
        rig.Step();
        string expected = "";
        for (int i = 0; i < 10; i++)
        {
            expected += Append("app.log", $"before {i}\n");
            rig.Step();
            rig.Step();
            Shift(rig, "app.log", 90);
            File.Copy(rig.PathOf("app.log"), rig.PathOf("app.log.1"));
            Truncate("app.log");
            rig.Step();
            expected += Append("app.log", $"after {i}\n");
            Rotate("app.log", 90);
            rig.Step();
            expected += Append("app.log", $"next {i}\n");
            Rotate("app.log", 90);
            rig.Step();
        }
        rig.Pass(TimeSpan.FromSeconds(3));
        Assert.Equal(expected, rig.Cat("app.log"));
    }

    /// <summary>Stamps move in steps, and a file made in the same step as the truncation before it is no younger by them.</summary>
    [Fact]
    public void A_file_that_came_in_the_clock_step_of_a_truncation_and_was_rotated_while_down_is_found()
    {
        for (int i = 0; i < 10; i++)
        {
            using var rig = new AgentRig();
            rig.Start();
            rig.Step();
            File.WriteAllText(rig.PathOf("app.log"), "sealed when it was truncated\n");
            rig.Step();
            Truncate(rig, "app.log");
            Rotate(rig, "app.log", 9);
            rig.Step();
            File.WriteAllText(rig.PathOf("app.log"), "after\n");
            rig.Kill();
            Rotate(rig, "app.log", 9);
            rig.Start();
            rig.Pass(TimeSpan.FromSeconds(3));
            Assert.Equal("sealed when it was truncated\nafter\n", rig.Cat("app.log"));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Truncated_and_grown_past_its_old_size_is_noticed(bool whileDown)
    {
        rig.Start();
        Append("app.log", new string('a', 5000) + "\nbefore\n");
        rig.Pass(TimeSpan.FromSeconds(3));
        if (whileDown)
            rig.Kill();
        Truncate("app.log");
        string after = Append("app.log", new string('a', 5000) + "\nafter!\nand more\n");
        if (whileDown)
            rig.Start();
        rig.Pass(TimeSpan.FromSeconds(3));
        Assert.EndsWith("\nbefore\n" + after, rig.Cat("app.log"));
    }

    [Fact]
    public void What_was_truncated_unread_is_reported_with_its_range()
    {
        rig.Start();
        Append("app.log", "read\n");
        rig.Pass(TimeSpan.FromSeconds(3));
        rig.Finder.Scan();
        Append("app.log", "not read\n");
        rig.Finder.Scan();
        Truncate("app.log");
        rig.Pass(TimeSpan.FromSeconds(3));
        rig.Stop();
        Skip skip = Assert.Single(rig.Manifests().SelectMany(m => m.Sources).SelectMany(s => s.Skips));
        Assert.Equal(new Skip(5, 14, SkipReason.TruncatedUnread), skip);
    }

    [Fact]
    public void A_file_that_is_deleted_right_after_it_was_found_is_read_to_its_end()
    {
        rig.Start();
        rig.Step();
        Append("app.log", "found\n");
        rig.Finder.Scan();
        File.Delete(rig.PathOf("app.log"));
        rig.Pass(TimeSpan.FromSeconds(3));
        rig.Stop();
        Assert.Equal("found\n", rig.Cat("app.log"));
        Assert.Empty(rig.Manifests().SelectMany(m => m.Sources).SelectMany(s => s.Skips));
    }

    [Fact]
    public void A_deleted_file_is_read_to_its_end_by_its_handle()
    {
        rig.Start();
        using (var writer = new FileStream(rig.PathOf("app.log"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            writer.Write("one\n"u8);
            writer.Flush();
            rig.Step();
            File.Delete(rig.PathOf("app.log"));
            writer.Write("two\n"u8);
            writer.Flush();
            rig.Step();
            writer.Write("three"u8);
        }
        rig.Pass(TimeSpan.FromSeconds(60));
        Write("app.log", "again\n");
        rig.Pass(TimeSpan.FromSeconds(3));
        Assert.Equal("one\ntwo\nthreeagain\n", rig.Cat("app.log"));
        Assert.Equal(0 + 1, rig.Reader.Handles);
    }

    [Fact]
    public void A_long_line_is_sent_in_parts()
    {
        string line = new string('x', 200_000) + "\n";
        Write("app.log", line + "short\n");
        rig.Start();
        rig.Pass(TimeSpan.FromSeconds(3));
        DeliveredSource source = Assert.Single(rig.Delivered().Values);
        Assert.Equal([65536, 65536, 65536, 3393, 6], source.Events.Select(e => e.Length));
        Assert.Equal([true, true, true, false, false], source.Events.Select(e => e.Flags.HasFlag(EventFlags.Partial)));
        Assert.Equal([false, true, true, true, false], source.Events.Select(e => e.Flags.HasFlag(EventFlags.Continues)));
        Assert.Equal(line + "short\n", source.Text);
    }

    [Fact]
    public void A_link_is_followed_to_its_target_and_two_names_of_a_file_are_one_source()
    {
        string target = Path.Combine(rig.Root, "target.txt");
        File.WriteAllText(target, "one\n");
        File.CreateSymbolicLink(rig.PathOf("app.log"), target);
        File.CreateSymbolicLink(rig.PathOf("b.log"), target);
        rig.Start();
        rig.Pass(TimeSpan.FromSeconds(3));
        File.AppendAllText(target, "two\n");
        rig.Pass(TimeSpan.FromSeconds(3));
        Assert.Equal("one\ntwo\n", Assert.Single(rig.Delivered().Values).Text);
    }

    [Fact]
    public void Lines_without_a_time_have_that_of_the_line_before()
    {
        Write("app.log", "2026-11-22T09:00:00Z ERROR boom\n  at x\n  at y\n2026-11-22T09:00:01Z INFO ok\n");
        rig.Start();
        rig.Pass(TimeSpan.FromSeconds(3));
        DeliveredSource source = Assert.Single(rig.Delivered().Values);
        Assert.Equal([false, true, true, false], source.Events.Select(e => e.Flags.HasFlag(EventFlags.TimeInherited)));
        Assert.Equal(source.Events[0].Time, source.Events[2].Time);
        Assert.Equal(source.Events[0].Time + LogTime.PerSecond, source.Events[3].Time);
    }

    [Fact]
    public void A_lost_state_gives_the_same_ids_again_marked_as_possible_repeats()
    {
        Write("app.log", "one\ntwo\n");
        rig.Start();
        rig.Pass(TimeSpan.FromSeconds(3));
        rig.Kill();
        SourceId before = Assert.Single(rig.Delivered()).Key;
        Directory.Delete(rig.State, recursive: true);
        rig.Start();
        rig.Pass(TimeSpan.FromSeconds(3));
        Append("app.log", "three\n");
        rig.Pass(TimeSpan.FromSeconds(3));
        Assert.Equal(before, Assert.Single(rig.Delivered()).Key);
        Assert.Equal([true, false], rig.Packets().Select(p => p.Header.Sources.Single().MayRepeat));
    }

    [Fact]
    public void A_full_spool_stops_reading_and_loses_nothing()
    {
        rig.Start(spoolBytesMax: 1 << 20);
        var random = new Random(1);
        byte[] noise = new byte[8 << 20];
        random.NextBytes(noise);
        File.WriteAllBytes(rig.PathOf("app.log"), noise);
        rig.Pass(TimeSpan.FromSeconds(3));
        Assert.True(rig.Spool.IsFull);
        Assert.InRange(Assert.Single(rig.Delivered().Values).Bytes.Length, 1 << 19, 2 << 20);
        rig.Kill();
        rig.Start();
        rig.Pass(TimeSpan.FromSeconds(3));
        Assert.Equal(noise, Assert.Single(rig.Delivered().Values).Bytes);
    }

    private void Write(string name, string text) => File.WriteAllText(rig.PathOf(name), text);

    [Fact]
    public void Deleted_files_held_beyond_the_budget_are_let_go_the_longest_deleted_first_and_the_rest_is_an_exact_gap()
    {
        rig.Options = new ReadOptions { HeldBytesMax = 1_000_000 };
        rig.Start(spoolBytesMax: 4096);
        Append("first.log", "read\n");
        rig.Step();
        // Full, so that nothing more is read.
        var random = new Random(1);
        for (int i = 0; i < 40 && !rig.Spool.IsFull; i++)
        {
            Append("filler.log", Convert.ToHexString(Enumerable.Range(0, 4000).Select(_ => (byte)random.Next(256)).ToArray()) + "\n");
            rig.Step();
            rig.Seal();
        }
        Assert.True(rig.Spool.IsFull);
        long first = new FileInfo(rig.PathOf("first.log")).Length;
        Append("first.log", new string('x', 600_000) + "\n");
        Append("second.log", new string('y', 600_000) + "\n");
        rig.Step();
        File.Delete(rig.PathOf("first.log"));
        rig.Step();
        Assert.Equal(600_001 + first, rig.Core.HeldBytes);
        File.Delete(rig.PathOf("second.log"));
        rig.Step();
        Assert.Equal(600_001, rig.Core.HeldBytes);
        Assert.Equal(600_001, rig.Core.LostBytesBy(Tailer.Blocks.SkipReason.DeletedUnread));
        rig.Spool.Report(new DeliveryProgress(rig.Spool.End, []), rig.Spool.UndeliveredBytes);
        rig.Pass(TimeSpan.FromSeconds(60));
        rig.Stop();
        Tailer.Blocks.Skip skip = Assert.Single(rig.Manifests().SelectMany(m => m.Sources).Where(s => s.Descriptor.Path == rig.PathOf("first.log")).SelectMany(s => s.Skips));
        Assert.Equal(((ulong)first, (ulong)first + 600_001), (skip.From, skip.To));
        Assert.Equal(new string('y', 600_000) + "\n", rig.Cat("second.log"));
    }

    private string Append(string name, string text)
    {
        File.AppendAllText(rig.PathOf(name), text);
        return text;
    }

    private void Truncate(string name) => Truncate(rig, name);

    private static void Truncate(AgentRig rig, string name)
    {
        using var file = new FileStream(rig.PathOf(name), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.SetLength(0);
    }

    private void Rotate(string name, int kept) => Rotate(rig, name, kept);

    private static void Rotate(AgentRig rig, string name, int kept)
    {
        Shift(rig, name, kept);
        File.Move(rig.PathOf(name), rig.PathOf(name) + ".1", overwrite: true);
    }

    private static byte[] Noise(Random random)
    {
        byte[] bytes = new byte[random.Next(20, 400)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static void Shift(AgentRig rig, string name, int kept)
    {
        string path = rig.PathOf(name);
        for (int i = kept - 1; i > 0; i--)
        {
            if (File.Exists($"{path}.{i}"))
                File.Move($"{path}.{i}", $"{path}.{i + 1}", overwrite: true);
        }
    }
}
