using FsCheck.Xunit;
using Tailer.Blocks;

namespace Tailer.Agent.Tests.Spool;

public sealed class DroppedRangesTests
{
    /// <summary>In order, as lines are read, or not, as packets are sealed again.</summary>
    [Property(MaxTest = 300)]
    public void Ranges_added_in_any_order_are_the_bytes_that_were_added(int seed)
    {
        var random = new Random(seed);
        var ranges = new DroppedRanges();
        var expected = new Coverage();
        for (int i = random.Next(1, 60); i > 0; i--)
        {
            ulong from = (ulong)random.Next(1000);
            ulong to = from + (ulong)random.Next(1, 30);
            ranges.Add(from, to);
            expected.Add(new ByteRange(from, to));
            Assert.Equal(expected.Select(range => new Skip(range.From, range.To, SkipReason.DroppedByRule)), ranges.ToSkips());
        }
    }

    [Fact]
    public void Too_many_ranges_are_joined_and_name_no_byte_less()
    {
        var ranges = new DroppedRanges();
        for (ulong i = 0; i < 100; i++)
            ranges.Add(i * 10, (i * 10) + 1, rangesMax: 8);
        Skip[] skips = [.. ranges.ToSkips()];
        Assert.InRange(skips.Length, 4, 8);
        Assert.All(Enumerable.Range(0, 100), i => Assert.Contains(skips, skip => skip.From <= (ulong)i * 10 && skip.To > (ulong)i * 10));
    }
}
