using Tailer.Blocks;

namespace Tailer.Agent.Tests.Rules;

public sealed class RateLimitTests
{
    private const ulong Start = 1_700_000_000 * LogTime.PerSecond;

    [Fact]
    public void A_burst_passes_then_the_rate_and_no_more()
    {
        var limit = new RateLimit(rate: 100, burst: 500);
        Assert.Equal(500, Passed(limit, 2000, _ => Start, _ => Start));
        // Ten seconds of 1,000 lines each: 100 of them a second.
        int passed = Passed(limit, 10_000, i => Start + (ulong)i * LogTime.PerMillisecond, i => Start + (ulong)i * LogTime.PerMillisecond);
        Assert.InRange(passed, 900, 1000);
    }

    [Fact]
    public void Lines_at_the_rate_pass_for_ever()
    {
        var limit = new RateLimit(rate: 100, burst: 100);
        Assert.Equal(50_000, Passed(limit, 50_000, i => Start + (ulong)i * LogTime.PerSecond / 100, i => Start + (ulong)i * LogTime.PerSecond / 100));
    }

    [Fact]
    public void A_backlog_read_at_once_is_no_flood_when_its_own_times_are_apart()
    {
        var limit = new RateLimit(rate: 100, burst: 100);
        Assert.Equal(50_000, Passed(limit, 50_000, _ => Start, i => Start + (ulong)i * LogTime.PerSecond / 50));
    }

    [Fact]
    public void A_flood_makes_about_one_gap_a_second()
    {
        var limit = new RateLimit(rate: 1000, burst: 1000);
        int gaps = 0;
        bool before = true;
        for (int i = 0; i < 1_000_000; i++)
        {
            // Ten seconds of 100,000 lines.
            ulong now = Start + (ulong)i * LogTime.PerSecond / 100_000;
            bool passes = limit.TryTake(now, now);
            gaps += before && !passes ? 1 : 0;
            before = passes;
        }
        Assert.InRange(gaps, 8, 11);
    }

    [Fact]
    public void A_clock_that_goes_back_gives_nothing_and_takes_nothing()
    {
        var limit = new RateLimit(rate: 10, burst: 10);
        Assert.Equal(10, Passed(limit, 100, _ => Start, _ => Start));
        Assert.Equal(0, Passed(limit, 100, _ => Start - LogTime.PerDay, _ => Start - LogTime.PerDay));
        Assert.Equal(10, Passed(limit, 100, _ => Start + LogTime.PerSecond, _ => Start));
    }

    private static int Passed(RateLimit limit, int lines, Func<int, ulong> clock, Func<int, ulong> time) =>
        Enumerable.Range(0, lines).Count(i => limit.TryTake(clock(i), time(i)));
}
