using FsCheck.Xunit;

namespace Tailer.Blocks.Tests.Merge;

public sealed class CoverageTests
{
    private const int Size = 40;

    [Property(MaxTest = 300)]
    public void A_coverage_behaves_as_a_set_of_bytes(int seed)
    {
        var random = new Random(seed);
        var coverage = new Coverage();
        var model = new bool[Size];
        for (int step = 0; step < 25; step++)
        {
            ByteRange range = Range(random);
            bool adds = random.Next(3) > 0;
            if (adds)
                coverage.Add(range);
            else
                coverage.Subtract(range);
            for (ulong i = range.From; i < range.To; i++)
                model[i] = adds;

            Assert.Equal(Ranges(model), coverage);
            Assert.Equal((ulong)model.Count(there => there), coverage.Bytes);
            ByteRange asked = Range(random);
            bool[] part = [.. model.Select((there, i) => there && (ulong)i >= asked.From && (ulong)i < asked.To)];
            bool[] missing = [.. model.Select((there, i) => !there && (ulong)i >= asked.From && (ulong)i < asked.To)];
            Assert.Equal(Ranges(part), coverage.Within(asked));
            Assert.Equal(Ranges(missing), coverage.Gaps(asked));
            Assert.Equal(!missing.Contains(true), coverage.Contains(asked));
            Assert.Equal(part.Contains(true), coverage.Intersects(asked));
        }
    }

    [Fact]
    public void Touching_ranges_melt_into_one()
    {
        var coverage = new Coverage([new(0, 10), new(20, 30), new(10, 20)]);
        Assert.Equal([new ByteRange(0, 30)], coverage);
    }

    [Fact]
    public void A_map_knows_nothing_of_a_source_it_was_not_told()
    {
        var map = new CoverageMap();
        var known = new SourceId(1);
        map.Add(known, new ByteRange(5, 9));
        Assert.True(map.Contains(known, new ByteRange(5, 9)));
        Assert.False(map.Intersects(new SourceId(2), new ByteRange(5, 9)));
        Assert.Equal([new ByteRange(5, 9)], map.Gaps(new SourceId(2), new ByteRange(5, 9)));
        Assert.Equal([new ByteRange(0, 5), new ByteRange(9, 10)], map.Gaps(known, new ByteRange(0, 10)));
    }

    private static ByteRange Range(Random random)
    {
        int from = random.Next(Size);
        return new ByteRange((ulong)from, (ulong)random.Next(from, Size));
    }

    private static List<ByteRange> Ranges(bool[] model)
    {
        List<ByteRange> ranges = [];
        for (int i = 0; i < model.Length; i++)
        {
            if (!model[i])
                continue;
            int from = i;
            while (i < model.Length && model[i])
                i++;
            ranges.Add(new ByteRange((ulong)from, (ulong)i));
        }
        return ranges;
    }
}
