using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Queries;
using Tailer.Testing;

namespace Tailer.Stores.Tests;

public sealed class SegmentSearchTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task A_search_gives_what_the_model_says_in_its_order()
    {
        int seed = Random.Shared.Next();
        for (int round = 0; round < 6; round++)
        {
            var world = new World(seed + round);
            (List<FoundEvent> model, List<SegmentRef> segments) = Build(world, $"r{round}-", world.Random.Next(1, 6), 400);
            for (int i = 0; i < 20; i++)
            {
                SearchRequest request = world.Request();
                string about = $"seed {seed} round {round} request {i}: {request}";
                var search = new SegmentSearch(segments, request);
                List<FoundEvent> found = await Answers.All(search.RunAsync());
                Answers.AssertSame(World.Expected(model, request), found, about);
                Assert.Equal(World.Expected(model, request with { Limit = int.MaxValue }).Count > found.Count, search.Statistics.Truncated);
                Assert.Empty(search.Statistics.Problems);
            }
        }
    }

    [Fact]
    public async Task Large_segments_of_many_blocks_are_searched_from_the_right_end_without_reading_all()
    {
        var world = new World(7);
        (List<FoundEvent> model, List<SegmentRef> segments) = Build(world, "big", 2, 70_000);
        foreach (SearchOrder order in (SearchOrder[])[SearchOrder.Newest, SearchOrder.Oldest])
        {
            var request = new SearchRequest { Query = Query.Parse("timeout").Query!, Order = order, Limit = 20, Parallelism = 1 };
            var search = new SegmentSearch(segments, request);
            Answers.AssertSame(World.Expected(model, request), await Answers.All(search.RunAsync()), order.ToString());
            Assert.True(search.Statistics.Truncated);
            Assert.InRange(search.Statistics.BlocksRead, 1, 3);
        }
        var all = new SegmentSearch(segments, new SearchRequest { Query = Query.Parse("timeout").Query!, Limit = 1_000_000 });
        Assert.Equal(World.Expected(model, new SearchRequest { Query = Query.Parse("timeout").Query!, Limit = 1_000_000 }).Count, (await Answers.All(all.RunAsync())).Count);
        Assert.Equal(model.Count, all.Statistics.EventsScanned);
    }

    [Fact]
    public async Task Segments_without_the_path_or_agent_are_not_read()
    {
        var world = new World(8);
        (_, List<SegmentRef> segments) = Build(world, "s", 3, 100);
        var search = new SegmentSearch(segments, new SearchRequest { Query = Query.Parse("path:/elsewhere/* x").Query! });
        Assert.Empty(await Answers.All(search.RunAsync()));
        Assert.Equal(3, search.Statistics.SegmentsSkipped);
        Assert.Equal(0, search.Statistics.BlocksRead);
    }

    [Fact]
    public async Task Damaged_and_missing_segments_are_problems_and_the_rest_is_found()
    {
        var world = new World(9);
        (List<FoundEvent> model, List<SegmentRef> segments) = Build(world, "d", 1, 200);
        string cut = directory["cut.seg"], hurt = directory["hurt.seg"];
        world.Write(cut, world.Next(100));
        world.Write(hurt, world.Next(100));
        byte[] bytes = File.ReadAllBytes(cut);
        File.WriteAllBytes(cut, bytes[..(bytes.Length / 2)]);
        bytes = File.ReadAllBytes(hurt);
        bytes[40] ^= 1;
        File.WriteAllBytes(hurt, bytes);
        segments.AddRange([SegmentRef.OfFile(SystemDisk.Instance, cut), SegmentRef.OfFile(SystemDisk.Instance, hurt), SegmentRef.OfFile(SystemDisk.Instance, directory["none.seg"])]);
        var search = new SegmentSearch(segments, new SearchRequest { Limit = 10_000 });
        Assert.Equal(model.Count, (await Answers.All(search.RunAsync())).Count);
        Assert.Equal(3, search.Statistics.Problems.Count);
        Assert.False(search.Statistics.Complete);
        Assert.All(search.Statistics.Problems, problem => Assert.Contains(".seg", problem, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_same_event_in_two_segments_is_given_once_and_different_bytes_at_one_place_both()
    {
        var world = new World(10);
        List<FoundEvent> events = world.Next(50);
        FoundEvent twin = events[20] with { Bytes = [.. events[20].Bytes.Select(b => b == '\n' ? b : (byte)'z')] };
        world.Write(directory["a.seg"], events);
        world.Write(directory["b.seg"], [.. events.Skip(10).Take(5), twin]);
        var search = new SegmentSearch([SegmentRef.OfFile(SystemDisk.Instance, directory["a.seg"]), SegmentRef.OfFile(SystemDisk.Instance, directory["b.seg"])], new SearchRequest());
        Answers.AssertSame(World.Expected([.. events, twin], new SearchRequest()), await Answers.All(search.RunAsync()), "twins");
    }

    [Fact]
    public async Task An_answer_ends_at_its_bytes_without_a_hole()
    {
        var world = new World(11);
        (List<FoundEvent> model, List<SegmentRef> segments) = Build(world, "b", 3, 300);
        for (int bytesMax = 1; bytesMax < 6000; bytesMax += 371)
        {
            var request = new SearchRequest { Limit = 10_000, BytesMax = bytesMax, Parallelism = 2 };
            var search = new SegmentSearch(segments, request);
            List<FoundEvent> found = await Answers.All(search.RunAsync());
            Assert.True(search.Statistics.Truncated);
            Assert.NotEmpty(found);
            Assert.True(found.Count == 1 || found.Sum(e => e.Length) <= bytesMax);
            Answers.AssertSame(World.Expected(model, request with { Limit = found.Count }), found, $"{bytesMax} bytes");
        }
    }

    [Fact]
    public async Task A_search_that_is_left_early_gives_its_segments_back()
    {
        var world = new World(12);
        (_, List<SegmentRef> segments) = Build(world, "l", 4, 500);
        int open = 0;
        List<SegmentRef> counted = [.. segments.Select(segment => segment with
        {
            Open = () =>
            {
                SegmentLease lease = segment.Open();
                Interlocked.Increment(ref open);
                return new SegmentLease(lease.Reader, () =>
                {
                    lease.Dispose();
                    Interlocked.Decrement(ref open);
                });
            },
        })];
        await foreach (FoundEvent _ in new SegmentSearch(counted, new SearchRequest()).RunAsync())
            break;
        Assert.Equal(0, open);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Answers.All(new SegmentSearch(counted, new SearchRequest()).RunAsync(cancelled.Token)));
        await Answers.All(new SegmentSearch(counted, new SearchRequest()).RunAsync());
        Assert.Equal(0, open);
    }

    [Fact]
    public async Task A_histogram_counts_what_matches_by_time_and_severity()
    {
        int seed = Random.Shared.Next();
        var world = new World(seed);
        (List<FoundEvent> model, List<SegmentRef> segments) = Build(world, "h", 3, 600);
        for (int i = 0; i < 20; i++)
        {
            SearchRequest request = world.Request() with { From = World.Start - 100 * LogTime.PerSecond, To = World.Start + (ulong)world.Random.Next(1, 1000) * LogTime.PerSecond };
            ulong step = (ulong)world.Random.Next(1, 60) * LogTime.PerSecond;
            IReadOnlyList<HistogramSlot> slots = await new SegmentHistogram(segments, request, step).RunAsync();
            List<HistogramSlot> expected = [.. World.Expected(model, request with { Limit = int.MaxValue })
                .GroupBy(e => LogTime.Floor(e.Time, step))
                .OrderBy(group => group.Key)
                .Select(group => new HistogramSlot(group.Key, group.Count(), group.Count(e => e.Severity is > Severity.Unknown and <= Severity.Error), group.Count(e => e.Severity == Severity.Warning)))];
            Assert.True(expected.SequenceEqual(slots), $"seed {seed} request {i}: {request} step {step}");
        }
    }

    [Fact]
    public async Task Answers_of_several_places_are_joined_in_order_and_without_repeats()
    {
        int seed = Random.Shared.Next();
        for (int round = 0; round < 30; round++)
        {
            var world = new World(seed + round);
            List<FoundEvent> events = world.Next(200);
            SearchOrder order = round % 2 == 0 ? SearchOrder.Newest : SearchOrder.Oldest;
            List<FoundEvent> all = [.. events.Order(FoundOrder.Of(order))];
            List<IAsyncEnumerable<FoundEvent>> places = [.. Enumerable.Range(0, 3).Select(_ => Give(all.Where(_ => world.Random.Next(3) > 0).ToList()))];
            places.Add(Give(all));
            int limit = world.Random.Next(1, 250);
            Answers.AssertSame([.. all.Take(limit)], await Answers.All(FoundMerge.MergeAsync(places, order, limit)), $"seed {seed} round {round}");
        }
    }

    [Fact]
    public async Task The_unfinished_form_of_a_line_is_a_repeat_when_the_whole_line_was_given()
    {
        FoundEvent whole = new World(1).Next(1)[0];
        FoundEvent start = whole with { Bytes = whole.Bytes[..3], Flags = EventFlags.Partial };
        FoundEvent end = whole with { Offset = whole.Offset + 3, Bytes = whole.Bytes[3..], Time = whole.Time + 1 };
        FoundEvent other = whole with { Bytes = [.. whole.Bytes[..1], (byte)'!'] };
        Assert.Equal([whole, other], await Answers.All(FoundMerge.MergeAsync([Give([whole, end]), Give([other])], SearchOrder.Oldest, 10)), (x, y) => x.IsSameAs(y));
        Assert.Equal([whole], await Answers.All(FoundMerge.MergeAsync([Give([whole]), Give([start with { Time = whole.Time + 1 }])], SearchOrder.Oldest, 10)), (x, y) => x.IsSameAs(y));
    }

    private (List<FoundEvent> Model, List<SegmentRef> Segments) Build(World world, string name, int segments, int eventsEach)
    {
        var model = new List<FoundEvent>();
        var refs = new List<SegmentRef>();
        for (int i = 0; i < segments; i++)
        {
            List<FoundEvent> events = world.Next(eventsEach);
            string path = directory[$"{name}{i}.seg"];
            world.Write(path, events);
            model.AddRange(events);
            refs.Add(new SegmentRef(path, events.Min(e => e.Time), events.Max(e => e.Time), SegmentRef.OfFile(SystemDisk.Instance, path).Open));
        }
        return (model, refs);
    }

    private static async IAsyncEnumerable<FoundEvent> Give(IReadOnlyList<FoundEvent> events)
    {
        foreach (FoundEvent e in events)
        {
            await Task.Yield();
            yield return e;
        }
    }
}
