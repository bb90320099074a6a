using FsCheck.Xunit;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Queries;
using Tailer.Testing;

namespace Tailer.Stores.Tests;

public sealed class LocalEventIndexTests : IDisposable
{
    private static readonly SystemDisk Disk = SystemDisk.Instance;
    private static readonly SearchRequest Everything = new() { Limit = 1_000_000 };

    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task What_is_added_compacted_and_expired_is_what_a_search_finds()
    {
        int seed = Random.Shared.Next();
        for (int round = 0; round < 4; round++)
        {
            var world = new World(seed + round);
            string path = directory[$"index{round}"];
            var model = new List<(ulong Bucket, FoundEvent Event)>();
            LocalEventIndexWriter writer = LocalEventIndexWriter.Open(Disk, path);
            using var index = new LocalEventIndex(Disk, path);
            ulong bucket = World.Start - (World.Start % LogTime.PerHour);
            for (int step = 0; step < 150; step++)
            {
                switch (world.Random.Next(10))
                {
                    case < 6:
                        bucket += LogTime.PerMinute;
                        List<FoundEvent> events = world.Next(world.Random.Next(0, 40), jumpsPercent: 20);
                        Add(writer, world, bucket - LogTime.PerMinute, events, bucket);
                        model.AddRange(events.Select(e => (bucket, e)));
                        break;
                    case < 9:
                        writer.Compact(1);
                        break;
                    case 9 when world.Random.Next(4) == 0:
                        ulong limit = bucket - 90 * LogTime.PerMinute;
                        ulong kept = writer.Catalog.Segments.Where(s => s.SpanEnd > limit).Select(s => s.SpanStart).DefaultIfEmpty(bucket).Min();
                        writer.Expire(limit);
                        model.RemoveAll(item => item.Bucket <= kept);
                        break;
                    default:
                        writer.Dispose();
                        writer = LocalEventIndexWriter.Open(Disk, path);
                        break;
                }
                Assert.Equal(writer.Watermark, index.Watermark);
            }
            SearchRequest request = world.Request() with { Limit = 1_000_000 };
            string about = $"seed {seed} round {round}";
            Answers.AssertSame(World.Expected(model.Select(item => item.Event), Everything), await Answers.All(index.SearchAsync(Everything)), about);
            Answers.AssertSame(World.Expected(model.Select(item => item.Event), request), await Answers.All(index.SearchAsync(request)), $"{about} {request}");
            while (writer.Compact(1))
                Assert.Equal(bucket, index.Watermark);
            Answers.AssertSame(World.Expected(model.Select(item => item.Event), Everything), await Answers.All(index.SearchAsync(Everything)), $"{about} compacted");
            Assert.True(writer.Catalog.Segments.Count <= 40, $"{about}: {writer.Catalog.Segments.Count} segments");
            Assert.Equal(writer.Catalog.Segments.Count + 2, Disk.List(path).Count);
            AssertSourcesInOrder(writer);
            writer.Dispose();
        }
    }

    [Fact]
    public async Task Readers_see_each_event_once_while_segments_are_added_and_compacted()
    {
        var world = new World(Random.Shared.Next());
        string path = directory["index"];
        using LocalEventIndexWriter writer = LocalEventIndexWriter.Open(Disk, path);
        using var done = new CancellationTokenSource();
        int committed = 0;
        Task<int>[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            int searches = 0;
            using var index = new LocalEventIndex(Disk, path);
            while (!done.IsCancellationRequested || searches == 0)
            {
                int atLeast = Volatile.Read(ref committed);
                SearchStatistics? statistics = null;
                List<FoundEvent> found = await Answers.All(index.SearchAsync(Everything, (s, _) => statistics = s));
                int atMost = Volatile.Read(ref committed) + 20;
                Assert.Empty(statistics!.Problems);
                Assert.InRange(found.Count, atLeast, atMost);
                Assert.Equal(found.Count, found.DistinctBy(e => (e.Source, e.Offset)).Count());
                searches++;
            }
            return searches;
        }))];
        ulong bucket = World.Start - (World.Start % LogTime.PerHour);
        for (int i = 0; i < 250; i++)
        {
            bucket += LogTime.PerMinute;
            Add(writer, world, bucket - LogTime.PerMinute, world.Next(20), bucket);
            Volatile.Write(ref committed, committed + 20);
            if (i % 3 == 0)
                writer.Compact(1);
        }
        await done.CancelAsync();
        Assert.All(await Task.WhenAll(readers), searches => Assert.True(searches > 0));
    }

    [Fact]
    public async Task A_snapshot_stays_readable_when_its_segments_are_compacted_away()
    {
        var world = new World(1);
        string path = directory["index"];
        using LocalEventIndexWriter writer = LocalEventIndexWriter.Open(Disk, path);
        using var index = new LocalEventIndex(Disk, path);
        List<FoundEvent> model = Fill(writer, world, 20);
        using IndexSnapshot before = index.Snapshot();
        while (writer.Compact(1))
            Assert.NotNull(writer.Catalog);
        using IndexSnapshot after = index.Snapshot();
        Assert.True(after.Segments.Count < before.Segments.Count);
        Answers.AssertSame(World.Expected(model, Everything), await Answers.All(new SegmentSearch(before.Segments, Everything).RunAsync()), "before");
        Answers.AssertSame(World.Expected(model, Everything), await Answers.All(new SegmentSearch(after.Segments, Everything).RunAsync()), "after");
    }

    [Fact]
    public async Task A_crash_between_writing_a_segment_and_the_catalog_leaves_the_state_before()
    {
        var world = new World(2);
        string path = directory["index"];
        List<FoundEvent> model;
        using (LocalEventIndexWriter writer = LocalEventIndexWriter.Open(Disk, path))
        {
            model = Fill(writer, world, 3);
            world.Write(writer.NewSegmentPath(), world.Next(50));
            string torn = writer.NewSegmentPath();
            world.Write(torn, world.Next(50));
            using (FileStream file = File.OpenWrite(torn))
                file.SetLength(file.Length / 2);
            File.WriteAllText(Path.Combine(path, "catalog.1-2.tmp"), "half");
        }
        using var index = new LocalEventIndex(Disk, path);
        Answers.AssertSame(World.Expected(model, Everything), await Answers.All(index.SearchAsync(Everything)), "not swept");
        using (LocalEventIndexWriter writer = LocalEventIndexWriter.Open(Disk, path))
            Assert.Equal(3 + 2, Disk.List(path).Count);
        Answers.AssertSame(World.Expected(model, Everything), await Answers.All(index.SearchAsync(Everything)), "swept");
    }

    [Fact]
    public void A_file_that_is_no_finished_segment_is_refused_and_changes_nothing()
    {
        string path = directory["index"];
        using LocalEventIndexWriter writer = LocalEventIndexWriter.Open(Disk, path);
        string torn = writer.NewSegmentPath();
        File.WriteAllText(torn, "not a segment, and long enough to have a trailer, but none is there");
        Assert.Throws<InvalidDataException>(() => writer.Add([torn], 5));
        Assert.Equal(0UL, writer.Watermark);
        Assert.Empty(writer.Catalog.Segments);
    }

    [Fact]
    public void Only_one_writes()
    {
        using LocalEventIndexWriter writer = LocalEventIndexWriter.Open(Disk, directory["index"]);
        Assert.Throws<IOException>(() => LocalEventIndexWriter.Open(Disk, directory["index"]));
    }

    [Fact]
    public void The_watermark_never_goes_back_and_moves_without_events()
    {
        var world = new World(3);
        using LocalEventIndexWriter writer = LocalEventIndexWriter.Open(Disk, directory["index"]);
        using var index = new LocalEventIndex(Disk, directory["index"]);
        Assert.Equal(0UL, index.Watermark);
        writer.Add([], 100);
        string empty = writer.NewSegmentPath();
        world.Write(empty, []);
        writer.Add([empty], 60);
        Assert.Equal(100UL, index.Watermark);
        Assert.Empty(index.Catalog.Segments);
        Assert.False(File.Exists(empty));
    }

    [Fact]
    public async Task A_damaged_catalog_is_an_error_and_a_missing_segment_a_problem()
    {
        var world = new World(4);
        string path = directory["index"];
        List<FoundEvent> model;
        using (LocalEventIndexWriter writer = LocalEventIndexWriter.Open(Disk, path))
        {
            model = Fill(writer, world, 3);
            File.Delete(Path.Combine(path, writer.Catalog.Segments[1].Name));
        }
        using var index = new LocalEventIndex(Disk, path);
        SearchStatistics? statistics = null;
        List<FoundEvent> found = await Answers.All(index.SearchAsync(Everything, (s, _) => statistics = s));
        Assert.InRange(found.Count, 1, model.Count - 1);
        Assert.Single(statistics!.Problems);
        string catalog = Path.Combine(path, IndexCatalog.FileName);
        byte[] bytes = File.ReadAllBytes(catalog);
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
            File.WriteAllBytes(catalog, bytes);
            Assert.Throws<InvalidDataException>(() => index.Watermark);
            File.WriteAllBytes(catalog, bytes[..i]);
            Assert.Throws<InvalidDataException>(() => index.Watermark);
            bytes[i] ^= 1;
        }
    }

    [Fact]
    public void A_joined_segment_has_all_packets_and_the_whole_span()
    {
        var world = new World(5);
        using LocalEventIndexWriter writer = LocalEventIndexWriter.Open(Disk, directory["index"]);
        ulong start = World.Start - (World.Start % LogTime.PerHour);
        for (uint i = 0; i < 10; i++)
        {
            string path = writer.NewSegmentPath();
            world.Write(path, world.Next(10), start + i * LogTime.PerMinute, packets: [new PacketId(i), new PacketId(100 - i)]);
            writer.Add([path], start + (i + 1) * LogTime.PerMinute);
        }
        Assert.True(writer.Compact(1));
        IndexedSegment joined = Assert.Single(writer.Catalog.Segments);
        Assert.Equal((start, 10 * LogTime.PerMinute), (joined.SpanStart, joined.SpanWidth));
        using SegmentReader reader = writer.OpenSegment(joined);
        Assert.Equal(20, reader.Footer.Packets.Count);
        Assert.Equal(reader.Footer.Packets.Order(), reader.Footer.Packets);
        Assert.Null(SegmentVerifier.Verify(reader));
    }

    [Fact]
    public void Crossed_sources_are_joined_in_their_order_or_left_alone_where_too_much_would_wait()
    {
        var world = new World(6, sources: 2);
        ulong time = World.Start;
        // In the first segment source 0 comes before source 1, in the second the other way round, and each waits for the other.
        FoundEvent[] zero = [.. Enumerable.Range(0, 4).Select(i => world.One(0, $"a{i}"))];
        FoundEvent[] one = [.. Enumerable.Range(0, 4).Select(i => world.One(1, $"b{i}"))];
        string first = directory["first.seg"], second = directory["second.seg"];
        world.Write(first, [zero[2] with { Time = time }, zero[3] with { Time = time }, one[0] with { Time = time + 1 }, one[1] with { Time = time + 1 }]);
        world.Write(second, [one[2] with { Time = time }, one[3] with { Time = time }, zero[0] with { Time = time + 1 }, zero[1] with { Time = time + 1 }]);
        using SegmentReader a = SegmentReader.TryOpen(Disk.OpenRead(first)!, out _)!;
        using SegmentReader b = SegmentReader.TryOpen(Disk.OpenRead(second)!, out _)!;
        using (IDiskFile file = Disk.OpenAppend(directory["joined.seg"]))
            Assert.True(SegmentJoin.TryWrite([a, b], file, 1, CancellationToken.None));
        using SegmentReader joined = SegmentReader.TryOpen(Disk.OpenRead(directory["joined.seg"])!, out _)!;
        Assert.Null(SegmentVerifier.Verify(joined));
        Assert.Equal(8, joined.Footer.Events);
        AssertInOrder(joined);
        using (IDiskFile file = Disk.OpenAppend(directory["not-joined.seg"]))
            Assert.False(SegmentJoin.TryWrite([a, b], file, 1, CancellationToken.None, parkedBytesMax: 2));
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(1, false)]
    public void A_late_line_does_not_rewrite_an_hour(int others, bool rewrites)
    {
        ulong hour = World.Start - (World.Start % LogTime.PerHour);
        IndexedSegment big = new("big", hour, LogTime.PerHour, 0, 1, 1000, 1_000_000, 1);
        IEnumerable<IndexedSegment> late = Enumerable.Range(0, others).Select(i => new IndexedSegment($"late{i}", hour, LogTime.PerMinute, 0, 1, 1, 100, 1));
        IReadOnlyList<IndexedSegment>? plan = CompactionPlan.Next(new IndexCatalog(hour + LogTime.PerHour, [big, .. late]));
        Assert.Equal(rewrites, plan is not null);
    }

    [Fact]
    public void One_tiny_segment_does_not_keep_its_window_from_being_joined()
    {
        ulong start = World.Start - (World.Start % LogTime.PerHour);
        IndexedSegment[] segments = [.. new long[] { 5, 1000, 1200, 900 }.Select((bytes, i) => Segment($"s{i}", start, bytes))];
        IReadOnlyList<IndexedSegment>? plan = CompactionPlan.Next(new IndexCatalog(start + LogTime.PerHour, segments));
        Assert.Equal(segments.Select(s => s.Name).Order(), plan?.Select(s => s.Name).Order());
    }

    [Property(MaxTest = 300)]
    public void A_join_holds_what_memory_may_and_all_of_them_leave_few_segments(int seed)
    {
        var random = new Random(seed);
        ulong start = World.Start - (World.Start % (6 * LogTime.PerHour));
        List<IndexedSegment> segments = [.. Enumerable.Range(0, random.Next(2, 200)).Select(i => Segment($"s{i}", start, random.Next(4) switch
        {
            0 => random.Next(1, 1000),
            1 => random.Next(1, 2_000_000),
            _ => random.Next(1, 64 * 1024 * 1024),
        }))];
        int joins = 0;
        while (CompactionPlan.Next(new IndexCatalog(start + (6 * LogTime.PerHour), segments)) is { } plan)
        {
            Assert.InRange(plan.Sum(s => Math.Min(s.RawBytes, Limits.SegmentBlockRawBytes)), 1, CompactionPlan.MemoryMax);
            Assert.InRange(plan.Sum(s => s.RawBytes), 1, CompactionPlan.RawBytesMax);
            segments.RemoveAll(plan.Contains);
            segments.Add(Segment($"j{joins++}", start, plan.Sum(s => s.RawBytes)));
        }
        // Two that together may be joined are; beyond that each is more than eight times as large as all smaller ones.
        Assert.InRange(segments.Count, 1, 16 + (int)(2 * segments.Sum(s => s.RawBytes) / CompactionPlan.RawBytesMax));
    }

    private static IndexedSegment Segment(string name, ulong start, long rawBytes) => new(name, start, LogTime.PerMinute, 0, 1, Math.Max(1, rawBytes / 100), rawBytes, 1);

    private static List<FoundEvent> Fill(LocalEventIndexWriter writer, World world, int buckets)
    {
        var model = new List<FoundEvent>();
        ulong bucket = World.Start - (World.Start % LogTime.PerHour);
        for (int i = 0; i < buckets; i++)
        {
            List<FoundEvent> events = world.Next(30);
            Add(writer, world, bucket, events, bucket += LogTime.PerMinute);
            model.AddRange(events);
        }
        return model;
    }

    private static void Add(LocalEventIndexWriter writer, World world, ulong bucket, List<FoundEvent> events, ulong watermark)
    {
        string path = writer.NewSegmentPath();
        world.Write(path, events, bucket);
        writer.Add([path], watermark);
    }

    private static void AssertSourcesInOrder(LocalEventIndexWriter writer)
    {
        foreach (IndexedSegment segment in writer.Catalog.Segments)
        {
            using SegmentReader reader = writer.OpenSegment(segment);
            Assert.Null(SegmentVerifier.Verify(reader));
            AssertInOrder(reader);
        }
    }

    private static void AssertInOrder(SegmentReader reader)
    {
        var ends = new Dictionary<int, ulong>();
        using var block = new DecodedBlock();
        for (int i = 0; i < reader.Footer.Blocks.Count; i++)
        {
            Assert.Equal(BlockError.None, reader.TryReadBlock(i, block));
            for (int k = 0; k < block.Count; k++)
            {
                Event e = block[k];
                Assert.True(e.Offset >= ends.GetValueOrDefault(e.Source));
                ends[e.Source] = e.End;
            }
        }
    }
}
