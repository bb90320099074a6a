using Tailer.Disk;
using Tailer.Testing;

namespace Tailer.Agent.Tests;

public sealed class StampClockTests
{
    private readonly MemoryClock clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(0, false)]
    [InlineData(1.5, false)]
    [InlineData(-1.5, false)]
    [InlineData(3, true)]
    [InlineData(-3, true)]
    [InlineData(864_000, true)]
    public void A_clock_that_is_set_is_noticed_once_and_one_that_goes_on_is_not(double seconds, bool noticed)
    {
        StampClock stamps = New();
        Assert.False(stamps.WasSet());
        clock.Advance(TimeSpan.FromDays(1));
        clock.Set(TimeSpan.FromSeconds(seconds));
        Assert.Equal(noticed, stamps.WasSet());
        Assert.False(stamps.WasSet());
    }

    [Fact]
    public void Small_steps_add_up()
    {
        StampClock stamps = New();
        stamps.WasSet();
        clock.Set(TimeSpan.FromSeconds(1.5));
        Assert.False(stamps.WasSet());
        clock.Set(TimeSpan.FromSeconds(1.5));
        Assert.True(stamps.WasSet());
    }

    [Fact]
    public void A_clock_that_was_set_while_the_agent_was_down_is_noticed_by_what_was_saved()
    {
        StampClock before = New();
        before.WasSet();
        clock.Set(TimeSpan.FromHours(-1));
        StampClock after = New();
        after.AheadNs = before.AheadNs;
        Assert.True(after.WasSet());
    }

    private StampClock New() => new(new MemoryFileTree(clock, TimeSpan.FromMilliseconds(4)), clock);
}
