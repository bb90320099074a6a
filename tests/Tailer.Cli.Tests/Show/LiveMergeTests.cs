using Microsoft.Extensions.Time.Testing;
using Tailer.Cli.Show;

namespace Tailer.Cli.Tests.Show;

public sealed class LiveMergeTests
{
    private readonly FakeTimeProvider time = new();
    private readonly LiveMerge merge;

    public LiveMergeTests() => merge = new LiveMerge(TimeSpan.FromMilliseconds(150), time);

    [Fact]
    public void A_line_that_two_bucks_bring_comes_once()
    {
        Assert.True(merge.Add(Line("a", 0, 1)));
        Assert.False(merge.Add(Line("a", 0, 1)));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(merge.Take());
        Assert.False(merge.Add(Line("a", 0, 1)));
        Assert.Empty(merge.Take(all: true));
    }

    [Fact]
    public void Lines_wait_for_those_that_come_by_another_way()
    {
        merge.Add(Line("a", 2, 3));
        time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Empty(merge.Take());
        merge.Add(Line("a", 1, 2));
        merge.Add(Line("b", 0, 9));
        time.Advance(TimeSpan.FromMilliseconds(60));
        Assert.Equal([1L, 2L], merge.Take().Select(l => l.Offset));
        time.Advance(TimeSpan.FromMilliseconds(150));
        Assert.Equal("b", Assert.Single(merge.Take()).Source);
    }

    [Fact]
    public void Lines_of_one_source_with_one_time_keep_their_order()
    {
        foreach (long offset in new long[] { 3, 1, 2 })
            merge.Add(Line("a", offset, 5));
        Assert.Equal([1L, 2L, 3L], merge.Take(all: true).Select(l => l.Offset));
    }

    private static EventLine Line(string source, long offset, int second) =>
        new(source, offset, DateTimeOffset.UnixEpoch.AddSeconds(second), "h", null, null, null, "", "");
}
