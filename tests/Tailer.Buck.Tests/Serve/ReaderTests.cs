using Tailer.Blocks;
using Tailer.Queries;
using Tailer.Testing;
using Tailer.Wire;

namespace Tailer.Buck.Tests;

public sealed class ReaderTests
{
    private readonly Packets packets = new();

    [Fact]
    public async Task Listing_page_by_page_while_packets_come_finds_every_packet_once()
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        await using BuckConnection agent = await buck.ConnectAsync(Role.Agent, packets.Agent);
        await using BuckConnection porter = await buck.ConnectAsync(Role.Porter, "porter");
        ulong now = Packets.Now;
        Packet[] made = [.. Enumerable.Range(0, 300).Select(i => packets.Make([$"line {i}"], now))];
        var file = new BucketFileName(made[0].Header.Bucket, 60, 0);
        Task writing = Task.Run(async () =>
        {
            foreach (Packet packet in made)
                await TestBuck.AppendAsync(agent, packet);
        });
        var seen = new List<PacketId>();
        long position = 0;
        await Wait.For(async () =>
        {
            RecordList list = await porter.ListAsync(new ListRecords(file, position, 2000));
            seen.AddRange(list.Records.Select(record => record.Id));
            Assert.All(list.Records, record => Assert.Equal(FrameError.None, FrameHeader.TryRead(record.Header.Span, out _)));
            position = list.Next;
            return seen.Count >= made.Length;
        }, "all packets are listed");
        await writing;

        Assert.Equal(made.Select(p => p.Id), seen);
        RecordList end = await porter.ListAsync(new ListRecords(file, position, 2000));
        Assert.True(end.AtEnd);
        Assert.Empty(end.Records);
        Assert.Equal(position, end.Next);
    }

    [Fact]
    public async Task Reading_gives_the_same_bytes_by_position_and_by_id_and_says_what_is_absent()
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        await using BuckConnection agent = await buck.ConnectAsync(Role.Agent, packets.Agent);
        await using BuckConnection porter = await buck.ConnectAsync(Role.Porter, "porter");
        ulong now = Packets.Now;
        Packet[] made = [.. Enumerable.Range(0, 20).Select(i => packets.Make([Noise(i * 1600), Noise(i * 1600), "x"], now))];
        foreach (Packet packet in made)
            await TestBuck.AppendAsync(agent, packet);
        var file = new BucketFileName(made[0].Header.Bucket, 60, 0);
        RecordList list = await porter.ListAsync(new ListRecords(file, 0, 1 << 20));

        RecordPosition[] positions = [.. list.Records.Reverse().Select(r => new RecordPosition(r.Position, r.BodyBytes)), new RecordPosition(5, 100)];
        await using ReplyBatches<Records> batches = await porter.ReadAsync(new ReadRecords(file, positions, [made[3].Id, new PacketId(1)]));
        var read = new List<(RecordStatus Status, PacketId Id, byte[] Body)>();
        await foreach (Records batch in batches)
            read.AddRange(batch.Items.Select(item => (item.Status, item.Id, item.Body.ToArray())));

        Assert.Equal(made.Length + 3, read.Count);
        for (int i = 0; i < made.Length; i++)
            Assert.Equal(made[^(i + 1)].Frame.ToArray(), read[i].Body);
        Assert.Equal(RecordStatus.Absent, read[made.Length].Status);
        Assert.Equal(made[3].Frame.ToArray(), read[made.Length + 1].Body);
        Assert.Equal((RecordStatus.Absent, new PacketId(1)), (read[made.Length + 2].Status, read[made.Length + 2].Id));
        Assert.Equal(read.Count, batches.End!.Events);
    }

    private static string Noise(int bytes) => Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(bytes));

    [Fact]
    public async Task A_body_damaged_on_the_disk_is_said_to_be_damaged()
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        await using BuckConnection agent = await buck.ConnectAsync(Role.Agent, packets.Agent);
        await using BuckConnection porter = await buck.ConnectAsync(Role.Porter, "porter");
        Packet packet = packets.Make(["x"]);
        await TestBuck.AppendAsync(agent, packet);
        string path = Directory.GetFiles(buck.Data, "*.b", SearchOption.AllDirectories).Single();
        byte[] bytes = await File.ReadAllBytesAsync(path);
        bytes[^6] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);

        await using ReplyBatches<Records> batches = await porter.ReadAsync(new ReadRecords(new BucketFileName(packet.Header.Bucket, 60, 0), [], [packet.Id]));
        await foreach (Records batch in batches)
            Assert.Equal(RecordStatus.Damaged, Assert.Single(batch.Items).Status);
    }

    [Fact]
    public async Task A_bucket_is_pruned_as_listed_and_not_after_something_came_and_not_while_it_is_open()
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        await using BuckConnection agent = await buck.ConnectAsync(Role.Agent, packets.Agent);
        await using BuckConnection porter = await buck.ConnectAsync(Role.Porter, "porter");
        ulong before = Packets.Now - (5 * LogTime.PerMinute);
        await TestBuck.AppendAsync(agent, packets.Make(["old"], before));
        await TestBuck.AppendAsync(agent, packets.Make(["new"]));
        Buckets listed = await porter.ListBucketsAsync(new ListBuckets(0, ulong.MaxValue, 100));
        Assert.Equal([true, false], listed.Files.Select(f => f.Closed));
        Assert.Equal([1, 1], listed.Files.Select(f => f.Records));
        await TestBuck.AppendAsync(agent, packets.Make(["late"], before));

        Assert.Equal(PruneOutcome.Changed, await porter.PruneAsync(Describe(listed.Files[0])));
        Assert.Equal(PruneOutcome.Refused, await porter.PruneAsync(Describe(listed.Files[1])));
        listed = await porter.ListBucketsAsync(new ListBuckets(0, ulong.MaxValue, 100));
        Assert.Equal(PruneOutcome.Pruned, await porter.PruneAsync(Describe(listed.Files[0])));
        Assert.Equal(PruneOutcome.Absent, await porter.PruneAsync(Describe(listed.Files[0])));
        Assert.Single((await porter.ListBucketsAsync(new ListBuckets(0, ulong.MaxValue, 100))).Files);
        Assert.True((await porter.ListAsync(new ListRecords(listed.Files[0].File, 0, 100))).Absent);
    }

    [Fact]
    public async Task Listings_are_the_same_for_open_and_for_closed_files()
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        await using (BuckConnection agent = await buck.ConnectAsync(Role.Agent, packets.Agent))
        {
            for (int i = 0; i < 40; i++)
                await TestBuck.AppendAsync(agent, packets.Make([$"{i}"], Packets.Now - ((ulong)(i / 2) * LogTime.PerMinute)));
        }
        Buckets open;
        await using (BuckConnection porter = await buck.ConnectAsync(Role.Porter, "porter"))
            open = await porter.ListBucketsAsync(new ListBuckets(0, ulong.MaxValue, 100));
        await buck.StopAsync();
        await using TestBuck again = await buck.StartAgainAsync();
        await using BuckConnection back = await again.ConnectAsync(Role.Porter, "porter");
        Buckets closed = await back.ListBucketsAsync(new ListBuckets(0, ulong.MaxValue, 100));
        Buckets page = await back.ListBucketsAsync(new ListBuckets(open.Files[2].File.Start, ulong.MaxValue, 3));

        Assert.Equal(open.Files.Select(Describe), closed.Files.Select(Describe));
        Assert.Equal(open.Files.Skip(2).Take(3).Select(Describe), page.Files.Select(Describe));
        Assert.True(page.Truncated);
    }

    [Theory]
    [InlineData("", true, 100_000)]
    [InlineData("error", true, 100_000)]
    [InlineData("level:error path:/var/log/a*", false, 100_000)]
    [InlineData("error OR 7", true, 37)]
    [InlineData("NOT error", false, 37)]
    public async Task Searching_finds_what_a_naive_filter_finds(string text, bool newestFirst, int limit)
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        await using BuckConnection archie = await buck.ConnectAsync(Role.Archie, "archie");
        await using BuckConnection operator_ = await buck.ConnectAsync(Role.Operator, "operator");
        List<(Packet Packet, int Index)> all = await FillAsync(operator_, seed: 5);
        Query query = Query.Parse(text).Query!;
        ulong now = Packets.Now;
        ulong from = now - (4 * LogTime.PerMinute), to = now - LogTime.PerSecond;

        var found = new List<string>();
        await using ReplyBatches<SearchResult> batches = await archie.SearchAsync(new Search(text, from, to, 0, ulong.MaxValue, limit, newestFirst));
        await foreach (SearchResult batch in batches)
        {
            foreach (ReadOnlyMemory<byte> frame in batch.Frames)
                found.AddRange(Lines(Packet.TryRead(frame.ToArray(), out _)!));
        }
        List<string> expected = Naive(all, query, from, to, limit, newestFirst, out bool truncated);

        Assert.True(expected.Count > 10);
        Assert.Equal(expected.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        Assert.Equal(truncated, batches.End!.Truncated);
        Assert.Equal(found.Count, batches.End.Events);
    }

    [Fact]
    public async Task Lines_that_an_agent_sent_twice_are_found_once()
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        await using BuckConnection agent = await buck.ConnectAsync(Role.Agent, packets.Agent);
        await using BuckConnection archie = await buck.ConnectAsync(Role.Archie, "archie");
        ulong now = Packets.Now;
        await TestBuck.AppendAsync(agent, packets.Make(["one", "two"], now));
        await TestBuck.AppendAsync(agent, new Packets().Make(["one", "two", "three"], now));

        var found = new List<string>();
        await using ReplyBatches<SearchResult> batches = await archie.SearchAsync(new Search("", 0, ulong.MaxValue, 0, ulong.MaxValue, 100, true));
        await foreach (SearchResult batch in batches)
            found.AddRange(batch.Frames.SelectMany(frame => Lines(Packet.TryRead(frame.ToArray(), out _)!)).Select(line => line.Split(' ')[^1]));

        Assert.Equal(["one\n", "three\n", "two\n"], found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_bad_query_is_answered_with_its_place()
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        await using BuckConnection archie = await buck.ConnectAsync(Role.Archie, "archie");

        WireException error = await Assert.ThrowsAsync<WireException>(async () =>
        {
            await using ReplyBatches<SearchResult> batches = await archie.SearchAsync(new Search("(a", 0, ulong.MaxValue, 0, ulong.MaxValue, 10, true));
            await foreach (SearchResult _ in batches)
            {
            }
        });

        Assert.Equal(WireErrorCode.BadQuery, error.Code);
        Assert.Contains("^", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_want_reaches_the_agent_that_is_meant_and_a_lease_one_holder()
    {
        await using TestBuck buck = await TestBuck.StartAsync();
        var wanted = new TaskCompletionSource<Want>();
        await using BuckConnection agent = await buck.ConnectAsync(Role.Agent, "web-1", new() { OnWant = want => wanted.TrySetResult(want) });
        await using BuckConnection other = await buck.ConnectAsync(Role.Agent, "web-2", new() { OnWant = _ => wanted.TrySetException(new InvalidOperationException("not meant")) });
        await using BuckConnection porter = await buck.ConnectAsync(Role.Porter, "porter");
        PacketId[] ids = [new PacketId(1), new PacketId(2)];

        Assert.Equal(1, await porter.WantAsync(new Want("web-1", ids)));
        Assert.Equal(ids, (await wanted.Task.WaitAsync(TimeSpan.FromSeconds(20))).Ids);
        Assert.Equal(0, await porter.WantAsync(new Want("nobody", ids)));
        Assert.True((await porter.LeaseAsync(new Lease("recent", "a", TimeSpan.FromMinutes(1)))).Granted);
        Assert.Equal("a", (await porter.LeaseAsync(new Lease("recent", "b", TimeSpan.FromMinutes(1)))).Holder);
        Assert.False((await porter.LeaseAsync(new Lease("recent", "a", TimeSpan.Zero))).Granted);
        Assert.True((await porter.LeaseAsync(new Lease("recent", "b", TimeSpan.FromMinutes(1)))).Granted);
    }

    private static Prune Describe(BucketListing listing) => new(listing.File, listing.FileBytes, listing.IdsHash);

    /// <summary>Packets of several agents and paths over several buckets, some events in two packets, times in disorder.</summary>
    private static async Task<List<(Packet, int)>> FillAsync(BuckConnection to, int seed)
    {
        var random = new Random(seed);
        var all = new List<(Packet, int)>();
        Packets[] agents = [new("web-1"), new("web-2"), new("db")];
        for (int i = 0; i < 60; i++)
        {
            Packets agent = agents[random.Next(agents.Length)];
            ulong sealedTime = Packets.Now - ((ulong)random.Next(300) * LogTime.PerSecond);
            Packet packet = agent.Make(
                Enumerable.Range(0, random.Next(1, 30)).Select(n => random.Next(4) == 0 ? $"error {n} of {i}" : $"fine {n} of {i}"),
                sealedTime, random.Next(2) == 0 ? "/var/log/a.log" : "/var/log/b.log",
                time: sealedTime - ((ulong)random.Next(60) * LogTime.PerSecond), timeStep: LogTime.PerSecond);
            await TestBuck.AppendAsync(to, packet);
            for (int n = 0; n < packet.Header.Events; n++)
                all.Add((packet, n));
        }
        return all;
    }

    private static List<string> Naive(List<(Packet Packet, int Index)> all, Query query, ulong from, ulong to, int limit, bool newestFirst, out bool truncated)
    {
        var matching = new List<(ulong Time, SourceId Source, ulong Offset, string Line)>();
        foreach (IGrouping<Packet, (Packet Packet, int Index)> packet in all.GroupBy(e => e.Packet))
        {
            using var block = new DecodedBlock();
            packet.Key.TryDecode(block);
            for (int i = 0; i < block.Count; i++)
            {
                Event e = block[i];
                SourceRange source = packet.Key.Header.Sources[e.Source];
                var input = new MatchInput { Line = e.Bytes, Host = e.Host, App = e.App, Agent = packet.Key.Header.Agent, Path = source.Descriptor!.Path, Pid = e.Pid, Severity = e.Severity };
                if (e.Time >= from && e.Time < to && query.Matches(input))
                    matching.Add((e.Time, source.Source, e.Offset, Line(packet.Key, e)));
            }
        }
        truncated = matching.Count > limit;
        matching.Sort();
        return [.. (newestFirst ? matching.AsEnumerable().Reverse() : matching).Take(limit).Select(e => e.Line)];
    }

    private static List<string> Lines(Packet packet)
    {
        using var block = new DecodedBlock();
        Assert.Equal(BlockError.None, packet.TryDecode(block));
        var lines = new List<string>();
        for (int i = 0; i < block.Count; i++)
            lines.Add(Line(packet, block[i]));
        return lines;
    }

    private static string Line(Packet packet, in Event e)
    {
        SourceRange source = packet.Header.Sources[e.Source];
        return $"{packet.Header.Agent} {packet.Header.SealedTime} {source.Source} {source.Descriptor!.Path} {e.Offset} {e.Time} {e.Host} {e.App} {e.Pid} {e.Severity} {System.Text.Encoding.UTF8.GetString(e.Bytes)}";
    }
}
