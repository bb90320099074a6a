using Tailer.Disk;
using Tailer.Testing;

namespace Tailer.Stores.Tests;

public sealed class SegmentContextTests : IDisposable
{
    private readonly TempDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void The_events_around_one_are_those_of_its_source_by_offset()
    {
        int seed = Random.Shared.Next();
        for (int round = 0; round < 8; round++)
        {
            var world = new World(seed + round);
            var model = new List<FoundEvent>();
            var segments = new List<SegmentRef>();
            for (int i = 0; i < world.Random.Next(1, 5); i++)
                model.AddRange(world.Next(60));
            // Segments hold any parts of the sources, also interleaved ones.
            int count = world.Random.Next(1, 5);
            foreach (IGrouping<int, FoundEvent> part in model.GroupBy(_ => world.Random.Next(count)).ToList())
            {
                string path = directory[$"{round}-{part.Key}.seg"];
                world.Write(path, part);
                segments.Add(SegmentRef.OfFile(SystemDisk.Instance, path));
            }
            for (int i = 0; i < 40; i++)
            {
                FoundEvent target = model[world.Random.Next(model.Count)];
                int before = world.Random.Next(0, 12), after = world.Random.Next(0, 12);
                ulong time = world.Random.Next(2) == 0 ? target.Time : 0;
                ContextResult? context = new SegmentContext(segments).Find(target.Source, target.Offset, before, after, time);
                List<FoundEvent> ofSource = [.. model.Where(e => e.Source == target.Source).OrderBy(e => e.Offset)];
                int place = ofSource.IndexOf(target);
                int from = Math.Max(0, place - before);
                Assert.NotNull(context);
                Assert.Equal(place - from, context.Index);
                Answers.AssertSame(ofSource[from..Math.Min(ofSource.Count, place + after + 1)], context.Events, $"seed {seed} round {round} case {i}");
            }
        }
    }

    [Fact]
    public void Only_the_blocks_around_the_event_are_read_when_its_time_is_known()
    {
        var world = new World(3);
        List<FoundEvent> events = world.Next(120_000, jumpsPercent: 0);
        world.Write(directory["big.seg"], events);
        FoundEvent target = events[60_000];
        var context = new SegmentContext([SegmentRef.OfFile(SystemDisk.Instance, directory["big.seg"])]);
        ContextResult? result = context.Find(target.Source, target.Offset, 20, 20, target.Time);
        Assert.Equal(41, result!.Events.Count);
        Assert.InRange(context.Statistics.BlocksRead, 1, 4);
    }

    [Fact]
    public void There_is_no_context_of_an_event_that_is_not_there()
    {
        var world = new World(4);
        List<FoundEvent> events = world.Next(100);
        world.Write(directory["a.seg"], events);
        var context = new SegmentContext([SegmentRef.OfFile(SystemDisk.Instance, directory["a.seg"])]);
        Assert.Null(context.Find(events[0].Source, events[0].Offset + 1, 5, 5));
        Assert.Null(context.Find(default, 0, 5, 5));
    }
}
