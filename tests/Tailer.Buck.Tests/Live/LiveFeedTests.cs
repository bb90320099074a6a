using System.Text;
using System.Text.Json;
using Tailer.Blocks;
using Tailer.Queries;
using Tailer.Testing;

namespace Tailer.Buck.Tests;

public sealed class LiveFeedTests
{
    private readonly Packets packets = new();

    [Fact]
    public async Task Viewers_get_the_lines_that_match_their_query_and_no_others()
    {
        await using TestStore test = await StartAsync();
        Viewer errors = test.Feed.Join(Parse("level:error"), LiveFormat.Text, out _);
        Viewer all = test.Feed.Join(Query.Everything, LiveFormat.Text, out _);

        test.AppendAndShow(packets.Make(["fine", "an error", "fine again"]));

        Assert.Equal("an error\n", await TextAsync(errors, 1));
        Assert.Equal("fine\nan error\nfine again\n", await TextAsync(all, 3));
    }

    [Fact]
    public async Task Lines_are_matched_and_shown_as_their_source_s_view_reads_them()
    {
        await using TestStore test = await StartAsync();
        Viewer viewer = test.Feed.Join(Parse("\"disk <full>\""), LiveFormat.JsonLines, out _);

        test.AppendAndShow(new Packets(view: SourceView.DockerJson).Make(["{\"log\":\"disk \\u003cfull\\u003e\\n\",\"stream\":\"stdout\"}", "{\"log\":\"fine\\n\"}"]));

        using JsonDocument shown = JsonDocument.Parse(await TextAsync(viewer, 1));
        Assert.Equal("disk <full>", shown.RootElement.GetProperty("text").GetString());
    }

    [Fact]
    public async Task Nothing_is_decoded_while_nobody_watches()
    {
        await using TestStore test = await StartAsync();
        test.AppendAndShow(packets.Make(["before"]));
        Viewer viewer = test.Feed.Join(Query.Everything, LiveFormat.Text, out _);
        test.Feed.Leave(viewer);
        test.AppendAndShow(packets.Make(["after"]));
        Viewer next = test.Feed.Join(Query.Everything, LiveFormat.Text, out _);
        test.AppendAndShow(packets.Make(["now"]));

        Assert.Equal("now\n", await TextAsync(next, 1));
        Assert.Null(viewer.TryRead());
    }

    [Fact]
    public async Task What_a_stalled_viewer_misses_is_counted_to_the_line_and_named()
    {
        await using TestStore test = await StartAsync();
        Viewer stalled = test.Feed.Join(Parse("keep"), LiveFormat.Hub, out _);
        Viewer healthy = test.Feed.Join(Parse("keep"), LiveFormat.JsonLines, out _);
        string filler = new('x', 1000);
        long sent = 0;
        var sentPackets = new Dictionary<string, int>();
        long healthyLines = 0;
        using var stop = new CancellationTokenSource();
        Task reading = Task.Run(async () =>
        {
            while (await healthy.ReadAsync(stop.Token) is { } item)
                Interlocked.Add(ref healthyLines, item.Unit?.Packets.Sum(p => p.Matched) ?? item.Notice!.Lines);
        });
        for (int i = 0; i < 400; i++)
        {
            Packet packet = packets.Make(Enumerable.Range(0, 30 + (i % 7)).Select(n => $"{(n % 3 == 0 ? "keep" : "skip")} {i} {n} {filler}"));
            int matching = Enumerable.Range(0, 30 + (i % 7)).Count(n => n % 3 == 0);
            sentPackets[packet.Id.ToString()] = matching;
            sent += matching;
            test.AppendAndShow(packet);
            await Wait.For(() => Interlocked.Read(ref healthyLines) >= sent - 500, "the healthy viewer is not far behind");
        }
        await Wait.For(() => Interlocked.Read(ref healthyLines) == sent, "the healthy viewer has everything");

        // What the healthy one has may be on its way to the other still.
        long received = 0, dropped = 0;
        var seen = new HashSet<string>();
        await Wait.For(
            () =>
            {
                (long more, long missed) = Drain(stalled, sentPackets, seen);
                (received, dropped) = (received + more, dropped + missed);
                return received + dropped >= sent;
            },
            "every line was received or named as missed");

        Assert.True(dropped > 0, "the test must overrun the queue");
        Assert.Equal(sent, received + dropped);
        Assert.Equal(sentPackets.Keys.ToHashSet(), seen);
        Assert.Equal(dropped, stalled.DroppedLines);
        Assert.Equal(0, healthy.DroppedLines);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task A_notice_comes_where_the_lines_are_missing()
    {
        var viewer = new Viewer(Query.Everything, LiveFormat.Text, new QueueBudget());
        LiveUnit large = Unit("large", Viewer.QueueBytesMax - 10);

        Assert.True(viewer.Offer(large));
        Assert.False(viewer.Offer(Unit("lost 1", 100)));
        Assert.False(viewer.Offer(Unit("lost 2", 100)));
        Assert.Same(large, viewer.TryRead()?.Unit);
        LiveUnit after = Unit("after", 100);
        Assert.True(viewer.Offer(after));

        DropNotice notice = Assert.IsType<DropNotice>(viewer.TryRead()?.Notice);
        Assert.Equal(2, notice.Packets.Count);
        Assert.Same(after, viewer.TryRead()?.Unit);
        Assert.Null(viewer.TryRead());
        await Task.CompletedTask;
    }

    [Fact]
    public void What_is_late_makes_room_for_what_is_not_and_is_named()
    {
        var budget = new QueueBudget();
        var viewer = new Viewer(Query.Everything, LiveFormat.Text, budget);
        LiveUnit first = Unit("new 1", 1000), second = Unit("new 2", Viewer.QueueBytesMax / 2);
        Assert.True(viewer.Offer(Unit("late 1", Viewer.QueueBytesMax / 2, isLate: true)));
        Assert.True(viewer.Offer(first));
        Assert.True(viewer.Offer(Unit("late 2", Viewer.QueueBytesMax / 4, isLate: true)));

        Assert.True(viewer.Offer(second), "a new line found no room, though late ones could go");
        Assert.False(viewer.Offer(Unit("late 3", Viewer.QueueBytesMax / 2, isLate: true)), "a late line took room that was not there");

        Assert.Equal(first.Bytes + second.Bytes, budget.TakenBytes);
        Assert.Equal(3, viewer.DroppedLines);
        Assert.Same(first, viewer.TryRead()?.Unit);
        Assert.Equal(2, viewer.TryRead()?.Notice?.Packets.Count);
        Assert.Same(second, viewer.TryRead()?.Unit);
        Assert.Single(viewer.TryRead()!.Value.Notice!.Packets);
        Assert.Null(viewer.TryRead());
    }

    [Fact]
    public async Task Lines_of_a_backlog_and_new_ones_are_in_batches_of_their_own()
    {
        await using TestStore test = await StartAsync();
        Viewer viewer = test.Feed.Join(Query.Everything, LiveFormat.Hub, out _);
        ulong now = LogTime.Now(TimeProvider.System);
        foreach (ulong age in (ulong[])[3600, 0, 3600, 0])
            test.AppendAndShow(packets.Make([$"{age}"], now - (age * LogTime.PerSecond)));
        var units = new List<LiveUnit>();
        while (units.Sum(u => u.Packets.Count) < 4)
            units.Add(Assert.IsType<LiveUnit>((await viewer.ReadAsync(Timeout()))?.Unit));
        Assert.Equal([true, false, true, false], units.Select(u => u.IsLate));
    }

    [Fact]
    public void Queues_of_all_viewers_together_are_bounded_and_what_a_viewer_held_is_free_when_it_goes()
    {
        var budget = new QueueBudget(1000);
        Viewer first = new(Query.Everything, LiveFormat.Text, budget), second = new(Query.Everything, LiveFormat.Text, budget);

        Assert.True(first.Offer(Unit("a", 400)));
        Assert.True(second.Offer(Unit("b", 400)));
        Assert.False(second.Offer(Unit("c", 400)));
        Assert.Equal(800, budget.TakenBytes);
        first.Close();
        Assert.Equal(400, budget.TakenBytes);
        Assert.True(second.Offer(Unit("d", 400)));
        Assert.NotNull(second.TryRead()?.Unit);
        Assert.Single(second.TryRead()!.Value.Notice!.Packets);
        Assert.NotNull(second.TryRead()?.Unit);
        Assert.Equal(0, budget.TakenBytes);
        second.Close();
        second.Offer(Unit("e", 400));
        Assert.Equal(0, budget.TakenBytes);
    }

    [Fact]
    public void A_notice_names_a_thousand_packets_and_counts_the_rest()
    {
        var viewer = new Viewer(Query.Everything, LiveFormat.Text, new QueueBudget());
        viewer.Offer(Unit("large", Viewer.QueueBytesMax));
        for (int i = 0; i < 1500; i++)
            viewer.Offer(Unit($"lost {i}", 100));
        viewer.TryRead();

        DropNotice notice = Assert.IsType<DropNotice>(viewer.TryRead()?.Notice);

        Assert.Equal(1000, notice.Packets.Count);
        Assert.Equal(500, notice.More);
        Assert.Equal(1500, notice.Lines);
    }

    [Fact]
    public async Task A_packet_with_more_lines_than_a_batch_may_have_comes_whole_in_several()
    {
        await using TestStore test = await StartAsync();
        Viewer viewer = test.Feed.Join(Query.Everything, LiveFormat.Hub, out _);
        Packet packet = packets.Make(Enumerable.Range(0, 2500).Select(i => $"{i}"));

        test.AppendAndShow(packet);
        LiveUnit unit = Assert.IsType<LiveUnit>((await viewer.ReadAsync(Timeout()))?.Unit);

        List<JsonElement> batches = [.. unit.Parts.Select(part => JsonDocument.Parse(part).RootElement)];
        Assert.Equal([1000, 1000, 500], batches.Select(b => b.GetProperty("events").GetArrayLength()));
        Assert.Equal([1000, 1000, 500], batches.Select(b => b.GetProperty("packets")[0].GetProperty("matched").GetInt32()));
        Assert.Equal(Enumerable.Range(0, 2500).Select(i => $"{i}"), batches.SelectMany(b => b.GetProperty("events").EnumerateArray()).Select(e => e.GetProperty("text").GetString()));
    }

    [Fact]
    public async Task Backlog_and_live_join_without_a_seam()
    {
        await using TestStore test = await StartAsync();
        Viewer other = test.Feed.Join(Parse("nothing-matches-this"), LiveFormat.Text, out _);
        int next = 0;
        using var done = new CancellationTokenSource();
        Task writing = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
                test.AppendAndShow(packets.Make([$"{next++}"]));
        });
        for (int round = 0; round < 20; round++)
        {
            int from = next;
            await Wait.For(() => next > from + 20, "packets are written");
            Viewer viewer = test.Feed.Join(Query.Everything, LiveFormat.Text, out StoreMark mark);
            var text = new StringBuilder();
            using var backlog = new Backlog(test.Store, test.Catalog);
            await foreach (LiveItem item in backlog.ReadAsync(mark, new LiveRequest(Query.Everything, LiveFormat.Text, 15, 0), Timeout()))
                text.Append(Text(item.Unit!));
            int backlogLines = text.ToString().Count(c => c == '\n');
            text.Append(await TextAsync(viewer, 50));
            test.Feed.Leave(viewer);

            int[] numbers = [.. text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
            Assert.Equal(15, backlogLines);
            Assert.Equal(Enumerable.Range(numbers[0], numbers.Length), numbers);
        }
        await done.CancelAsync();
        await writing;
        test.Feed.Leave(other);
    }

    [Fact]
    public async Task A_backlog_reaches_back_over_buckets_to_the_last_matching_lines_and_to_a_time()
    {
        await using TestStore test = await StartAsync();
        ulong now = Packets.Now;
        for (int minute = 5; minute >= 0; minute--)
            test.AppendAndShow(packets.Make([$"keep {minute}", $"skip {minute}"], now - ((ulong)minute * LogTime.PerMinute)));
        test.Restart();
        using var backlog = new Backlog(test.Store, test.Catalog);

        async Task<string> ReadAsync(int lines, ulong since)
        {
            var text = new StringBuilder();
            await foreach (LiveItem item in backlog.ReadAsync(test.Store.Mark(), new LiveRequest(Parse("keep"), LiveFormat.Text, lines, since), Timeout()))
                text.Append(Text(item.Unit!));
            return text.ToString();
        }

        Assert.Equal("keep 2\nkeep 1\nkeep 0\n", await ReadAsync(3, 0));
        Assert.Equal("keep 1\nkeep 0\n", await ReadAsync(Backlog.LinesMax, now - LogTime.PerMinute));
        Assert.Equal(6, (await ReadAsync(Backlog.LinesMax, 0)).Count(c => c == '\n'));
    }

    [Fact]
    public async Task Events_are_json_as_the_contract_has_them()
    {
        await using TestStore test = await StartAsync();
        Viewer viewer = test.Feed.Join(Query.Everything, LiveFormat.JsonLines, out _);
        Packet packet = packets.Make(["an \"error\" \u00e4\u4e16\u0001 <b>"], time: 177236640012345678);
        test.AppendAndShow(packet);

        JsonElement e = JsonDocument.Parse(await TextAsync(viewer, 1)).RootElement;

        Assert.Equal("event", e.GetProperty("type").GetString());
        Assert.Equal(packet.Header.Sources[0].Source.ToString(), e.GetProperty("source").GetString());
        Assert.Equal(0, e.GetProperty("offset").GetInt64());
        Assert.Equal(packet.Header.RawBytes, e.GetProperty("length").GetInt32());
        Assert.Equal("2026-03-01T12:00:00.12345678Z", e.GetProperty("time").GetString());
        Assert.Equal("web-1", e.GetProperty("host").GetString());
        Assert.Equal("app", e.GetProperty("app").GetString());
        Assert.Equal(7, e.GetProperty("pid").GetInt32());
        Assert.Equal("error", e.GetProperty("level").GetString());
        Assert.Equal("/var/log/app.log", e.GetProperty("path").GetString());
        Assert.Equal("web-1", e.GetProperty("agent").GetString());
        Assert.Equal("an \"error\" \u00e4\u4e16\u0001 <b>", e.GetProperty("text").GetString());
        Assert.Equal(packet.Id.ToString(), e.GetProperty("packet").GetString());
        Assert.False(e.TryGetProperty("flags", out _));
    }

    private static CancellationToken Timeout() => new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token;

    private static Query Parse(string text) => Query.Parse(text).Query!;

    private static LiveUnit Unit(string name, int bytes, bool isLate = false) =>
        new([new byte[bytes]], [new BatchPacket(Packet.IdOf(Encoding.UTF8.GetBytes(name)), 1, "a")], isLate);

    private static string Text(LiveUnit unit) => string.Concat(unit.Parts.Select(part => Encoding.UTF8.GetString(part.Span)));

    private static async Task<TestStore> StartAsync()
    {
        var test = new TestStore();
        await test.Feed.StartAsync(CancellationToken.None);
        return test;
    }

    private static async Task<string> TextAsync(Viewer viewer, int lines)
    {
        var text = new StringBuilder();
        for (int have = 0; have < lines;)
        {
            LiveUnit unit = Assert.IsType<LiveUnit>((await viewer.ReadAsync(Timeout()))?.Unit);
            have += unit.Packets.Sum(p => p.Matched);
            text.Append(Text(unit));
        }
        return text.ToString();
    }

    /// <summary>Counts lines by what is in the JSON, and packets by id, checking each packet is named whole and once.</summary>
    private static (long Received, long Dropped) Drain(Viewer viewer, Dictionary<string, int> sent, HashSet<string> seen)
    {
        long received = 0, dropped = 0;
        while (viewer.TryRead() is { } item)
        {
            if (item.Notice is { } notice)
            {
                dropped += notice.Lines;
                foreach (BatchPacket packet in notice.Packets)
                {
                    Assert.True(seen.Add(packet.Id.ToString()));
                    Assert.Equal(sent[packet.Id.ToString()], packet.Matched);
                }
                continue;
            }
            foreach (ReadOnlyMemory<byte> part in item.Unit!.Parts)
            {
                JsonElement batch = JsonDocument.Parse(part).RootElement;
                received += batch.GetProperty("events").GetArrayLength();
                foreach (JsonElement packet in batch.GetProperty("packets").EnumerateArray())
                {
                    Assert.True(seen.Add(packet.GetProperty("packet").GetString()!));
                    Assert.Equal(sent[packet.GetProperty("packet").GetString()!], packet.GetProperty("matched").GetInt32());
                }
            }
        }
        return (received, dropped);
    }
}
