using Microsoft.Extensions.Time.Testing;
using Tailer.Blocks;
using Tailer.Testing;
using Manifest = Tailer.Blocks.Manifest;

namespace Tailer.Porter.Tests;

public sealed class SealTests : IDisposable
{
    private readonly TempDirectory folder = new();
    private readonly FakeTimeProvider clock = new(TestTimes.Start);
    private readonly DirectoryBuck[] bucks;
    private readonly TestAgent agent = new("web-1");

    public SealTests() => bucks = [.. Enumerable.Range(1, 3).Select(i => new DirectoryBuck($"buck-{i}", folder[$"buck-{i}"]))];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_complete_span_is_sealed_when_it_is_old_enough_and_not_before()
    {
        Packet packet = agent.Seal(5, "one\ntwo\n");
        Manifest manifest = agent.State(60);
        Spread(packet, manifest);
        using TestPorter porter = NewPorter();
        clock.Advance(TimeSpan.FromSeconds(119));
        await porter.RunAsync();
        Assert.Empty(porter.Objects());

        clock.Advance(TimeSpan.FromSeconds(1));
        await porter.RunAsync();

        string name = Assert.Single(porter.Objects());
        SegmentFooter footer = porter.Footer(name);
        Assert.StartsWith("test/20260301/1200/20260301T120005Z-20260301T120005Z-", name, StringComparison.Ordinal);
        Assert.True(footer.Complete);
        Assert.Equal(SegmentKind.Sealed, footer.Kind);
        Assert.Equal([packet.Id], footer.Packets);
        Assert.Equal([manifest.ToArray()], footer.Manifests);
        Assert.Empty(footer.Gaps);
        Assert.Empty(footer.Silent);
        Assert.Equal("one\ntwo\n", StoredEvent.Rebuild(porter.Archived(), agent.Source()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Any_mix_of_copies_gives_the_same_object(int seed)
    {
        var random = new Random(seed);
        Packet[] packets = [.. Enumerable.Range(0, 30).Select(i => agent.Seal(i * 1.9, $"line {i}\nand {i * i}\n", file: i % 3))];
        Manifest manifest = agent.State(60);
        List<IReadOnlyList<string>> results = [];
        for (int porterNumber = 0; porterNumber < 3; porterNumber++)
        {
            DirectoryBuck[] some = [.. Enumerable.Range(1, 3).Select(i => new DirectoryBuck($"b{i}", folder[$"p{porterNumber}-b{i}"]))];
            Packet[] shuffled = [.. packets];
            random.Shuffle(shuffled);
            foreach (Packet packet in shuffled)
            {
                some[random.Next(3)].Append(packet);
                some[random.Next(3)].Append(packet);
            }
            some[random.Next(3)].Append(manifest);
            using var porter = new TestPorter(folder.Sub($"porter-{porterNumber}"), some, new FakeTimeProvider(TestTimes.Start.AddMinutes(2)));
            await porter.RunAsync();
            results.Add(porter.Objects());
        }
        Assert.Single(results[0]);
        Assert.All(results, names => Assert.Equal(results[0], names));
    }

    [Fact]
    public async Task What_arrives_late_becomes_a_delta_with_only_the_new_events()
    {
        Packet early = agent.Seal(5, "one\n");
        Spread(early, agent.State(60));
        using TestPorter porter = NewPorter();
        clock.Advance(TimeSpan.FromMinutes(2));
        await porter.RunAsync();

        Packet late = agent.Seal(15, "one\ntwo\n", offset: 0);
        bucks[2].Append(late);
        await porter.RunForAsync(clock, 20);

        SegmentFooter delta = Assert.Single(porter.Footers(), footer => footer.Kind == SegmentKind.Delta);
        Assert.Equal([late.Id], delta.Packets);
        Assert.Equal(1, delta.Events);
        Assert.Equal("one\ntwo\n", StoredEvent.Rebuild(porter.Archived(), agent.Source()));
    }

    [Fact]
    public async Task Packets_that_hold_nothing_new_are_recorded_each_time_and_only_once()
    {
        Spread(agent.Seal(5, "one\ntwo\n"), agent.State(60));
        using TestPorter porter = NewPorter();
        clock.Advance(TimeSpan.FromMinutes(2));
        await porter.RunAsync();
        bucks[0].Append(agent.Seal(6, "one\n", offset: 0));
        await porter.RunForAsync(clock, 20);
        bucks[0].Append(agent.Seal(7, "two\n", offset: 4));
        await porter.RunForAsync(clock, 20);
        Assert.Equal(3, porter.Objects().Count);
        Assert.Equal("one\ntwo\n", StoredEvent.Rebuild(porter.Archived(), agent.Source()));

        using TestPorter restarted = NewPorter("recent-2");
        await restarted.RunForAsync(clock, 60);
        Assert.Equal(3, restarted.Objects().Count);
    }

    [Fact]
    public async Task Different_bytes_for_the_same_range_are_both_archived_and_counted()
    {
        Spread(agent.Seal(5, "one\ntwo\n"), agent.State(60));
        using TestPorter porter = NewPorter();
        clock.Advance(TimeSpan.FromMinutes(2));
        await porter.RunAsync();
        bucks[0].Append(agent.Seal(7, "tWo\n", offset: 4));
        await porter.RunForAsync(clock, 20);
        Assert.Equal(["one\n", "tWo\n", "two\n"], porter.Archived().Select(e => e.Text).Order(StringComparer.Ordinal));
        Assert.Equal(1, porter.Footers().Sum(footer => footer.Conflicts));
    }

    [Fact]
    public async Task Bytes_read_again_after_lost_state_are_not_archived_twice_whatever_the_span()
    {
        Spread(agent.Seal(5, "one\ntwo\n"), agent.State(60));
        Spread(agent.Seal(65, "o"), agent.State(120));
        Spread(agent.Seal(125, "one\ntwo\nor three\n", offset: 0, mayRepeat: true), agent.State(180));
        using TestPorter porter = NewPorter();
        await porter.RunForAsync(clock, 260);
        Assert.Equal(3, porter.Objects().Count);
        Assert.Equal("one\ntwo\nor three\n", StoredEvent.Rebuild(porter.Archived(), agent.Source()));
        Assert.All(porter.Footers(), footer => Assert.Empty(footer.Gaps));
    }

    [Fact]
    public async Task A_sparse_span_waits_asks_and_then_names_the_exact_gap()
    {
        Packet first = agent.Seal(5, "one\n");
        Packet lost = agent.Seal(15, "two\nthree\n");
        Packet last = agent.Seal(25, "four\n");
        Spread(first, last, agent.State(60));
        Spread(agent.Seal(65, "five\n"), agent.State(120));
        using TestPorter porter = NewPorter();
        await porter.RunForAsync(clock, 170);
        Assert.Empty(porter.Objects());
        Assert.Contains(("web-1", lost.Id), bucks.SelectMany(buck => buck.Wanted));

        await porter.RunForAsync(clock, 560);
        SegmentFooter sparse = porter.Footers().Single(footer => footer.SpanStart == TestTimes.At(0));
        Assert.False(sparse.Complete);
        Assert.Equal([new SegmentGap(agent.Source(), 4, 14, SkipReason.Missing)], sparse.Gaps);
        SourceGap shown = Assert.Single(porter.Progress.Gaps);
        Assert.Equal(("web-1", "/var/log/1.log", 4UL, 14UL), (shown.Agent, shown.Path, shown.From, shown.To));
        Assert.True(porter.Footers().Single(footer => footer.SpanStart == TestTimes.At(60)).Complete);
    }

    [Fact]
    public async Task A_wanted_packet_that_comes_makes_the_span_complete()
    {
        Packet lost = agent.Seal(15, "two\n");
        Spread(agent.Seal(5, "one\n"), agent.State(60));
        using TestPorter porter = NewPorter();
        await porter.RunForAsync(clock, 150);
        Assert.Empty(porter.Objects());
        bucks[1].Append(lost);
        await porter.RunForAsync(clock, 10);
        Assert.True(porter.Footer(Assert.Single(porter.Objects())).Complete);
    }

    [Fact]
    public async Task Ranges_that_will_never_come_are_gaps_with_their_reason()
    {
        Packet packet = agent.Seal(5, "one\n");
        Packet after = agent.Seal(15, "two\n", offset: 100);
        Spread(packet, after, agent.State(60, skips: [new Skip(4, 100, SkipReason.TruncatedUnread)]));
        using TestPorter porter = NewPorter();
        await porter.RunForAsync(clock, 120);
        SegmentFooter footer = porter.Footer(Assert.Single(porter.Objects()));
        Assert.True(footer.Complete);
        Assert.Equal([new SegmentGap(agent.Source(), 4, 100, SkipReason.TruncatedUnread)], footer.Gaps);
    }

    [Fact]
    public async Task A_silent_agent_holds_up_one_span_and_is_listed_in_all()
    {
        var silent = new TestAgent("db-1");
        Spread(agent.Seal(5, "one\n"), agent.State(60));
        Spread(silent.Seal(5, "db\n"));
        for (int i = 1; i <= 15; i++)
            Spread(agent.Seal((60 * i) + 5, "more\n"), agent.State(60 * (i + 1)));
        using TestPorter porter = NewPorter();
        await porter.RunForAsync(clock, 700);
        Assert.Empty(porter.Objects());
        await porter.RunForAsync(clock, 40);
        Assert.All(porter.Footers(), footer => Assert.Equal([new SilentAgent("db-1", TestTimes.At(0))], footer.Silent));
        // The first waited for as long as spans may; those after it did not wait for an agent that was silent already.
        Assert.Equal(11, porter.Objects().Count);
        Assert.All(porter.Footers(), footer => Assert.False(footer.Complete));
    }

    [Fact]
    public async Task An_agent_that_said_goodbye_is_not_waited_for()
    {
        var gone = new TestAgent("db-1");
        Spread(gone.Seal(5, "db\n"), gone.State(10, ManifestFlags.Goodbye));
        Spread(agent.Seal(5, "one\n"), agent.State(60));
        using TestPorter porter = NewPorter();
        await porter.RunForAsync(clock, 120);
        SegmentFooter footer = porter.Footer(Assert.Single(porter.Objects()));
        Assert.True(footer.Complete);
        Assert.Empty(footer.Silent);
    }

    [Fact]
    public async Task A_manifest_in_a_later_span_covers_the_outage_before_it()
    {
        Packet packet = agent.Seal(5, "one\n");
        agent.State(10);
        Spread(packet);
        // The agent is down from 10 s on, and comes back a minute later.
        agent.CoveredUntil = TestTimes.At(0);
        Spread(agent.State(80, ManifestFlags.WasDown));
        using TestPorter porter = NewPorter();
        await porter.RunForAsync(clock, 120);
        Assert.True(porter.Footer(Assert.Single(porter.Objects())).Complete);
    }

    [Fact]
    public async Task A_manifest_that_names_a_packet_sealed_after_the_time_it_covers_is_not_waited_for()
    {
        // As agents did whose disk was full when a bucket ended.
        Spread(agent.Seal(5, "one\n"), agent.Seal(61, "two\n"), agent.State(60));
        Spread(agent.State(120));
        using TestPorter porter = NewPorter();
        await porter.RunForAsync(clock, 240);
        Assert.Equal(2, porter.Objects().Count);
        Assert.All(porter.Footers(), footer => Assert.True(footer.Complete));
        Assert.Equal("one\ntwo\n", StoredEvent.Rebuild(porter.Archived(), agent.Source()));
    }

    [Fact]
    public async Task Events_far_outside_the_span_are_in_a_strays_segment()
    {
        Packet stray = agent.Seal(5, "old\n", eventSeconds: 5 - 7200);
        Packet normal = agent.Seal(6, "new\n");
        Spread(stray, normal, agent.State(60));
        using TestPorter porter = NewPorter();
        await porter.RunForAsync(clock, 120);
        SegmentFooter main = porter.Footers().Single(footer => footer.Kind == SegmentKind.Sealed);
        SegmentFooter strays = porter.Footers().Single(footer => footer.Kind == SegmentKind.Strays);
        Assert.Equal((1, 1), (main.Events, strays.Events));
        Assert.Equal(2, main.Packets.Count);
        Assert.Empty(strays.Packets);
        Assert.Empty(main.Gaps);
        Assert.EndsWith(Names.StraysSuffix, porter.Objects()[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_span_above_the_memory_limit_is_sealed_in_parts_that_repeat_nothing()
    {
        List<Packet> packets = [];
        for (int i = 0; i < 12; i++)
            packets.Add(agent.Seal(i * 4, $"line number {i}\n"));
        packets.Add(agent.Seal(55, "line number 0\nline number 1\n", offset: 0));
        Spread([.. packets]);
        Spread(agent.State(60));
        using var porter = new TestPorter(folder.Path, bucks, clock, partBytes: 700);
        await porter.RunForAsync(clock, 120);
        Assert.True(porter.Objects().Count >= 3);
        Assert.Equal(string.Concat(Enumerable.Range(0, 12).Select(i => $"line number {i}\n")), StoredEvent.Rebuild(porter.Archived(), agent.Source()));
        Assert.Single(porter.Footers(), footer => footer.Complete);
        Assert.Equal(packets.Select(packet => packet.Id).Order(), porter.Footers().SelectMany(footer => footer.Packets).Order());
    }

    [Fact]
    public async Task A_damaged_copy_is_replaced_by_another_buck()
    {
        Packet packet = agent.Seal(5, "one\n");
        Spread(packet, agent.State(60));
        foreach (DirectoryBuck buck in bucks.Where(buck => buck.Holds(packet)).Take(1))
            buck.Damage(packet);
        using TestPorter porter = NewPorter();
        await porter.RunForAsync(clock, 120);
        Assert.True(porter.Footer(Assert.Single(porter.Objects())).Complete);
        Assert.Equal("one\n", StoredEvent.Rebuild(porter.Archived(), agent.Source()));
        Assert.Equal("one\n", StoredEvent.Rebuild(porter.Recent(), agent.Source()));
    }

    [Fact]
    public async Task A_packet_damaged_everywhere_is_asked_for_and_then_a_gap()
    {
        Packet packet = agent.Seal(5, "one\n");
        Spread(packet, agent.Seal(6, "two\n"), agent.State(60));
        foreach (DirectoryBuck buck in bucks.Where(buck => buck.Holds(packet)))
            buck.Damage(packet);
        using TestPorter porter = NewPorter();
        await porter.RunForAsync(clock, 150);
        Assert.Empty(porter.Objects());
        Assert.Contains(("web-1", packet.Id), bucks.SelectMany(buck => buck.Wanted));
        await porter.RunForAsync(clock, 660);
        SegmentFooter footer = porter.Footer(Assert.Single(porter.Objects()));
        Assert.False(footer.Complete);
        Assert.Equal([new SegmentGap(agent.Source(), 0, 4, SkipReason.Missing)], footer.Gaps);
        // It is never pruned: somebody may still read it.
        Assert.Equal(2, bucks.Count(buck => Directory.EnumerateFiles(folder[buck.Name], "*.b", SearchOption.AllDirectories).Any(file => file.EndsWith("120000.b", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Two_porters_that_saw_different_packets_leave_each_event_once()
    {
        Packet first = agent.Seal(5, "one\n");
        Packet second = agent.Seal(6, "two\n");
        Manifest manifest = agent.State(60);
        bucks[0].Append(first);
        bucks[1].Append(second);
        bucks[2].Append(manifest);
        clock.Advance(TimeSpan.FromMinutes(12));
        using (var one = new TestPorter(folder.Path, [bucks[0], bucks[2]], clock, recent: "recent-1"))
            await one.RunAsync();
        string kept = Assert.Single(NewPorter("recent-2").Objects());
        File.Move(folder[$"archive/{kept}"], folder["aside"]);
        using (var two = new TestPorter(folder.Path, bucks, clock, recent: "recent-3"))
            await two.RunAsync();
        File.Move(folder["aside"], folder[$"archive/{kept}"]);

        using TestPorter porter = NewPorter("recent-4");
        Assert.Equal(2, porter.Objects().Count);
        await porter.RunForAsync(clock, 20);
        Assert.Single(porter.Objects());
        Assert.Equal("one\ntwo\n", StoredEvent.Rebuild(porter.Archived(), agent.Source()));
    }

    [Fact]
    public async Task An_archive_object_that_does_not_read_back_is_replaced()
    {
        Spread(agent.Seal(5, "one\n"), agent.State(60));
        clock.Advance(TimeSpan.FromMinutes(2));
        using (TestPorter porter = NewPorter())
            await porter.RunAsync();
        using TestPorter restarted = NewPorter("recent-2");
        string path = restarted.PathOf(Assert.Single(restarted.Objects()));
        byte[] bytes = File.ReadAllBytes(path);
        bytes[20] ^= 0x55;
        File.WriteAllBytes(path, bytes);

        await restarted.RunForAsync(clock, 60);
        Assert.Equal("one\n", StoredEvent.Rebuild(restarted.Archived(), agent.Source()));
        Assert.DoesNotContain(bucks, buck => Directory.EnumerateFiles(folder[buck.Name], "*.b", SearchOption.AllDirectories).Any());
    }

    private TestPorter NewPorter(string recent = "recent") => new(folder.Path, bucks, clock, recent: recent);

    private void Spread(params object[] records) => DirectoryBuck.Spread(bucks, records);
}
