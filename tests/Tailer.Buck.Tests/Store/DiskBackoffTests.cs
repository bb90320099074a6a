using Tailer.Testing;

namespace Tailer.Buck.Tests;

public sealed class DiskBackoffTests
{
    private readonly MemoryClock clock = new(DateTimeOffset.UnixEpoch);

    [Fact]
    public void Each_attempt_waits_twice_as_long_as_the_one_before_up_to_a_minute()
    {
        var backoff = new DiskBackoff(clock);

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], Enumerable.Range(0, 8).Select(_ => backoff.Failed().TotalSeconds));
    }

    [Fact]
    public void A_disk_that_fails_soon_after_it_came_back_goes_on_where_it_was()
    {
        var backoff = new DiskBackoff(clock);
        backoff.Failed();
        backoff.Failed();
        backoff.Returned();
        clock.Advance(DiskBackoff.Recovered - TimeSpan.FromSeconds(1));

        Assert.Equal(4, backoff.Failed().TotalSeconds);
        Assert.Equal(8, backoff.Failed().TotalSeconds);
    }

    [Fact]
    public void A_disk_that_has_worked_for_five_minutes_begins_anew()
    {
        var backoff = new DiskBackoff(clock);
        for (int i = 0; i < 8; i++)
            backoff.Failed();
        backoff.Returned();
        clock.Advance(DiskBackoff.Recovered);

        Assert.Equal(1, backoff.Failed().TotalSeconds);
        // Only time in which it was there counts.
        clock.Advance(DiskBackoff.Recovered);
        Assert.Equal(2, backoff.Failed().TotalSeconds);
    }
}
