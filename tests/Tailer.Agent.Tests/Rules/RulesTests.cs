using System.Globalization;
using System.Text;
using Tailer.Blocks;
using Tailer.Queries;

namespace Tailer.Agent.Tests.Rules;

/// <summary>Rules on the reading side as it is: what is in the spool, what manifests say, and what a kill changes.</summary>
public sealed class RulesTests
{
    private const string Debug = "2026-11-22T09:00:00Z DEBUG detail\n";
    private const string Info = "2026-11-22T09:00:01Z INFO kept\n";
    private static readonly int DebugBytes = Debug.Length;
    private static readonly int InfoBytes = Info.Length;

    [Fact]
    public void A_dropped_line_leaves_a_hole_with_its_exact_range_in_frame_and_manifest()
    {
        using AgentRig rig = Rig(drops: ["level:debug"]);
        Write(rig, Debug, Info, Debug, Debug, Info, Debug);
        rig.Start();
        Run(rig);
        List<Line> lines = Lines(rig);
        Assert.Equal([(DebugBytes, Info), (3 * DebugBytes + InfoBytes, Info)], lines.Select(l => ((int)l.Offset, l.Text)));
        SourceRange range = Assert.Single(Assert.Single(rig.Packets()).Header.Sources);
        Assert.Equal((0UL, (ulong)(3 * DebugBytes + 2 * InfoBytes), 2, true), (range.From, range.To, range.Events, range.HasHoles));
        Assert.Equal([(0, DebugBytes), (DebugBytes + InfoBytes, 3 * DebugBytes + InfoBytes)], Skipped(rig));
    }

    [Fact]
    public void A_drop_at_the_end_is_read_again_after_a_kill_and_covered_by_the_next_packet()
    {
        using AgentRig rig = Rig(drops: ["level:debug"]);
        Write(rig, Info, Debug);
        rig.Start();
        Run(rig);
        rig.Kill();
        Write(rig, Debug, Info);
        rig.Start();
        Run(rig);
        Assert.Equal([0, InfoBytes + 2 * DebugBytes], Lines(rig).Select(l => (int)l.Offset));
        Assert.Equal([(InfoBytes, InfoBytes + 2 * DebugBytes)], Skipped(rig));
    }

    [Fact]
    public void A_manifest_made_after_a_kill_names_the_same_holes()
    {
        using AgentRig rig = Rig(drops: ["level:debug"]);
        Write(rig, Debug, Info, Debug, Info);
        rig.Clock.Advance(TimeSpan.FromTicks(TimeSpan.TicksPerSecond * AgentRig.BucketSeconds - rig.Clock.GetUtcNow().Ticks % (TimeSpan.TicksPerSecond * AgentRig.BucketSeconds)));
        rig.Start();
        // Sealed, and killed before the bucket ends.
        rig.Step();
        rig.Core.Step();
        rig.Pass(TimeSpan.FromSeconds(1.5));
        Assert.NotEmpty(rig.Packets());
        Assert.Empty(rig.Manifests().SelectMany(m => m.Sources).SelectMany(s => s.Skips));
        rig.Kill();
        rig.Start();
        Run(rig);
        Assert.Equal([(0, DebugBytes), (DebugBytes + InfoBytes, 2 * DebugBytes + InfoBytes)], Skipped(rig));
    }

    [Fact]
    public void What_is_dropped_at_the_end_of_a_deleted_file_is_in_a_manifest()
    {
        using AgentRig rig = Rig(drops: ["level:debug"]);
        Write(rig, Info, Debug, Debug);
        rig.Start();
        Run(rig);
        File.Delete(rig.PathOf("a.log"));
        rig.Pass(TimeSpan.FromMinutes(2));
        Assert.Equal([(InfoBytes, InfoBytes + 2 * DebugBytes)], Skipped(rig));
        Assert.Equal((ulong)(InfoBytes + 2 * DebugBytes), rig.Manifests().SelectMany(m => m.Sources).Select(s => s.Descriptor.FinalLength).Max());
    }

    [Fact]
    public void Much_that_is_dropped_is_not_read_again_after_a_kill()
    {
        using AgentRig rig = Rig(drops: ["level:debug"]);
        string many = string.Concat(Enumerable.Repeat(Debug, 1000));
        for (int i = 0; i < 600; i++)
            Write(rig, many);
        rig.Start();
        Run(rig);
        Assert.Empty(Lines(rig));
        rig.Kill();
        rig.Start();
        Assert.InRange(rig.Finder.Sources.Single().Position, (ulong)(600_000 * DebugBytes - 18 * 1024 * 1024), (ulong)(600_000 * DebugBytes));
        Run(rig);
        (int from, int to) = Assert.Single(Skipped(rig));
        Assert.Equal(0, from);
        Assert.InRange(to, 0, 600_000 * DebugBytes);
    }

    [Fact]
    public void A_masked_line_keeps_its_place_and_is_the_same_after_a_kill_at_any_time()
    {
        string[] content = [Info, "2026-11-22T09:00:02Z INFO password=hunter2\n", Info, "2026-11-22T09:00:02Z INFO password=geheim\n", Info];
        string whole = string.Concat(content);
        string expected = whole.Replace("hunter2", "*******", StringComparison.Ordinal).Replace("geheim", "******", StringComparison.Ordinal);
        for (int cut = 1; cut < whole.Length; cut += 3)
        {
            using AgentRig rig = Rig(masks: [new TokenMask()]);
            Write(rig, whole[..cut]);
            rig.Start();
            Run(rig);
            rig.Kill();
            Write(rig, whole[cut..]);
            rig.Start();
            Run(rig);
            List<Line> lines = Lines(rig);
            Assert.Equal(expected, string.Concat(lines.Select(l => l.Text)));
            foreach (Line line in lines)
                Assert.Equal(line.Text != whole.Substring((int)line.Offset, line.Text.Length), line.Flags.HasFlag(EventFlags.Altered));
        }
    }

    [Fact]
    public void A_limit_sends_a_record_in_the_place_of_what_it_kept_out()
    {
        using AgentRig rig = Rig(limit: new LimitOptions(10, 20));
        string[] lines = [.. Enumerable.Range(0, 100).Select(i => string.Create(CultureInfo.InvariantCulture, $"2026-11-22T09:00:00Z INFO line {i:000} of many, long enough for a record in its place\n"))];
        int length = lines[0].Length;
        Write(rig, lines);
        rig.Start();
        rig.Step();
        rig.Pass(TimeSpan.FromSeconds(5));
        Write(rig, Info);
        Run(rig);
        List<Line> sent = Lines(rig);
        Assert.Equal(22, sent.Count);
        Assert.Equal(lines[..20], sent[..20].Select(l => l.Text));
        Line record = sent[20];
        Assert.Equal(20 * length, (int)record.Offset);
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"suppressed 80 lines, bytes {20 * length}..{100 * length}: more than 10 lines a second\n"), record.Text);
        Assert.Equal((EventFlags.Altered, Severity.Warning), (record.Flags, record.Severity));
        Assert.Equal((100 * length, Info), ((int)sent[21].Offset, sent[21].Text));
        Assert.Equal([(20 * length + record.Text.Length, 100 * length)], Skipped(rig));
    }

    [Fact]
    public void A_record_comes_without_another_line_and_a_kill_before_it_repeats_nothing()
    {
        using AgentRig rig = Rig(limit: new LimitOptions(1, 1));
        Write(rig, [.. Enumerable.Repeat(Info, 10)]);
        rig.Start();
        rig.Step();
        rig.Kill();
        rig.Start();
        rig.Pass(TimeSpan.FromSeconds(5));
        Run(rig);
        List<Line> sent = Lines(rig);
        Assert.Equal(2, sent.Count);
        Assert.StartsWith("suppressed 9 lines", sent[1].Text, StringComparison.Ordinal);
        Assert.EndsWith("\n", sent[1].Text, StringComparison.Ordinal);
        rig.Kill();
        rig.Start();
        Run(rig);
        Assert.Equal(2, Lines(rig).Count);
    }

    [Fact]
    public void A_kill_in_the_middle_of_a_flood_however_large_leaves_every_line_sent_or_counted()
    {
        using AgentRig rig = Rig(limit: new LimitOptions(1, 1));
        string line = "2026-11-22T09:00:00Z INFO " + new string('x', 1000) + "\n";
        const int lines = 40_000;
        Write(rig, line);
        rig.Start();
        rig.Step();
        // Other files fill the packet, so that it is sealed: what a flood takes out is in none then, and a skip covers it behind 16 MiB.
        for (int i = 0; i < 12; i++)
            File.WriteAllText(rig.PathOf(string.Create(CultureInfo.InvariantCulture, $"other-{i}.txt.log")), new string('y', 60_000) + "\n");
        rig.Step();
        Assert.NotEmpty(rig.Packets());
        for (int i = 0; i < lines; i += 1000)
            Write(rig, [.. Enumerable.Repeat(line, Math.Min(1000, lines - 1 - i))]);
        rig.Step();
        rig.Kill();
        rig.Start();
        rig.Step();
        Write(rig, "2026-11-22T10:00:00Z INFO an hour later\n");
        Run(rig);
        List<Line> sent = [.. Lines(rig).Where(l => !l.Text.StartsWith('y'))];
        int counted = sent.Sum(l => l.Text.StartsWith("suppressed ", StringComparison.Ordinal) ? int.Parse(l.Text.Split(' ')[1], CultureInfo.InvariantCulture) : l.Text == line ? 1 : 0);
        Assert.Equal(lines, counted);
    }

    [Fact]
    public void A_record_in_the_place_of_very_short_lines_is_cut_to_their_length()
    {
        using AgentRig rig = Rig(limit: new LimitOptions(1, 1));
        Write(rig, "a\n", "b\n", "\n");
        rig.Start();
        rig.Pass(TimeSpan.FromSeconds(5));
        Run(rig);
        Assert.Equal([(0, "a\n"), (2, "su\n")], Lines(rig).Select(l => ((int)l.Offset, l.Text)));
        Assert.Empty(Skipped(rig));
    }

    [Fact]
    public void Counters_tell_what_each_rule_did()
    {
        LineRules? rules = null;
        using AgentRig rig = Rig(["level:debug", "nothing"], [new TokenMask()], new LimitOptions(100, 2), r => rules = r);
        Write(rig, Debug, Debug, Info, "password=x\n", Info);
        rig.Start();
        Run(rig);
        Assert.Equal(
            [("drop", "level:debug", 2L), ("drop", "nothing", 0), ("mask", "token", 1), ("limit", "100 lines a second", 1)],
            rules!.Counts.Select(c => (c.Kind, c.Rule, c.Lines)));
        Assert.Equal(2 * DebugBytes, rules.Counts[0].Bytes);
    }

    [Fact]
    public void Random_rules_files_and_kills_send_or_explain_every_byte_once()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            using AgentRig rig = Rig(
                random.Next(3) > 0 ? ["level:debug"] : [], random.Next(2) > 0 ? [new TokenMask()] : [], random.Next(2) > 0 ? new LimitOptions(random.Next(1, 20), random.Next(1, 20)) : null);
            var whole = new StringBuilder();
            rig.Start();
            for (int action = 0; action < 30; action++)
            {
                switch (random.Next(5))
                {
                    case 0:
                        rig.Kill();
                        rig.Start();
                        break;
                    case 1:
                        rig.Pass(TimeSpan.FromSeconds(random.Next(1, 12)));
                        break;
                    case 2:
                        rig.Step();
                        break;
                    default:
                        string text = random.Next(4) switch { 0 => Debug, 1 => Info, 2 => "2026-11-22T09:00:02Z INFO password=hunter2\n", _ => "\tcontinued\n" };
                        text = string.Concat(Enumerable.Repeat(text, random.Next(1, 30)));
                        // Sometimes a line is written in two parts.
                        text = random.Next(3) == 0 ? text[..random.Next(1, text.Length)] : text;
                        whole.Append(text);
                        Write(rig, text);
                        break;
                }
            }
            Write(rig, "\n" + Info);
            whole.Append('\n').Append(Info);
            rig.Pass(TimeSpan.FromSeconds(20));
            File.Delete(rig.PathOf("a.log"));
            rig.Pass(TimeSpan.FromMinutes(2));
            AssertExplained(rig, whole.ToString(), seed);
        }
    }

    /// <summary>Every byte is in an event once, or in a skip of reason "dropped by a rule"; what is in an event is the file's unless flagged.</summary>
    private static void AssertExplained(AgentRig rig, string whole, int seed)
    {
        var covered = new Coverage();
        foreach (Line line in Lines(rig))
        {
            var range = new ByteRange(line.Offset, line.Offset + (ulong)line.Text.Length);
            Assert.False(covered.Intersects(range), $"seed {seed}: {range} twice");
            covered.Add(range);
            if (!line.Flags.HasFlag(EventFlags.Altered))
                Assert.Equal((seed, whole.Substring((int)line.Offset, line.Text.Length)), (seed, line.Text));
            Assert.DoesNotContain("hunter2", line.Flags.HasFlag(EventFlags.Altered) ? line.Text : "", StringComparison.Ordinal);
        }
        var explained = new Coverage(covered);
        foreach ((int from, int to) in Skipped(rig))
        {
            Assert.False(covered.Intersects(new ByteRange((ulong)from, (ulong)to)), $"seed {seed}: bytes {from}..{to} are sent and called dropped");
            explained.Add(new ByteRange((ulong)from, (ulong)to));
        }
        Assert.Equal((seed, $"0..{whole.Length}"), (seed, string.Join(", ", explained.Select(r => $"{r.From}..{r.To}"))));
    }

    private static AgentRig Rig(IReadOnlyList<string>? drops = null, IReadOnlyList<Mask>? masks = null, LimitOptions? limit = null, Action<LineRules>? made = null) => new(rig =>
    {
        var rules = new LineRules([.. (drops ?? []).Select(text => new DropRule(Query.Parse(text).Query!))], masks ?? [], limit);
        made?.Invoke(rules);
        return new FileSet { Include = PathGlob.Parse(Path.Combine(rig.Logs, "*.log")), Rules = rules };
    });

    private static void Write(AgentRig rig, params string[] lines) => File.AppendAllText(rig.PathOf("a.log"), string.Concat(lines));

    /// <summary>Until everything is sealed and the bucket's manifest is written.</summary>
    private static void Run(AgentRig rig)
    {
        rig.Step();
        rig.Pass(TimeSpan.FromSeconds(2 * AgentRig.BucketSeconds));
    }

    private static List<Line> Lines(AgentRig rig)
    {
        var lines = new List<Line>();
        using var block = new DecodedBlock();
        foreach (Packet packet in rig.Packets())
        {
            Assert.Equal(BlockError.None, packet.TryDecode(block));
            for (int i = 0; i < block.Count; i++)
            {
                Event e = block[i];
                lines.Add(new Line(e.Offset, Encoding.Latin1.GetString(e.Bytes), e.Flags, e.Severity));
            }
        }
        return lines;
    }

    private static List<(int From, int To)> Skipped(AgentRig rig)
    {
        var skipped = new Coverage();
        foreach (Skip skip in rig.Manifests().SelectMany(m => m.Sources).SelectMany(s => s.Skips))
        {
            Assert.Equal(SkipReason.DroppedByRule, skip.Reason);
            skipped.Add(new ByteRange(skip.From, skip.To));
        }
        return [.. skipped.Select(r => ((int)r.From, (int)r.To))];
    }

    private sealed record Line(ulong Offset, string Text, EventFlags Flags, Severity Severity);
}
