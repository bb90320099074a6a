using FsCheck.Xunit;

namespace Tailer.Blocks.Tests;

public sealed class LogTimeTests
{
    [Theory]
    [InlineData(0UL, "1970-01-01T00:00:00.0000000Z")]
    [InlineData(1UL, "1970-01-01T00:00:00.0000000Z")]
    [InlineData(10UL, "1970-01-01T00:00:00.0000001Z")]
    [InlineData(177_327_360_012_345_678UL, "2026-03-12T00:00:00.1234567Z")]
    [InlineData(6_890_000_000_000_000_000UL, "4153-05-09T16:53:20.0000000Z")]
    [InlineData(15_000_000_000_000_000_000UL, "6723-04-25T02:40:00.0000000Z")]
    [InlineData(ulong.MaxValue, "7815-07-17T19:45:37.0955161Z")]
    public void Every_time_is_shown_as_it_is(ulong time, string text)
    {
        Assert.Equal(text, LogTime.Format(time));
        Assert.True(LogTime.TryParse(text, out ulong read));
        Assert.Equal(time / 10, read / 10);
    }

    [Property(MaxTest = 1000)]
    public void Times_to_100_ns_survive_both_conversions(ulong a, byte shift)
    {
        ulong time = Wide(a, shift) / 10 * 10;
        Assert.Equal(time, LogTime.From(LogTime.ToDateTimeOffset(time)));
        Assert.Equal(time, LogTime.FromTimeSpan(LogTime.ToTimeSpan(time)));
        Assert.True(LogTime.TryParse(LogTime.Format(time), out ulong parsed));
        Assert.Equal(time, parsed);
    }

    [Fact]
    public void Times_that_64_bits_cannot_hold_become_the_nearest()
    {
        Assert.Equal(0UL, LogTime.From(DateTimeOffset.UnixEpoch.AddTicks(-1)));
        Assert.Equal(0UL, LogTime.From(DateTimeOffset.MinValue));
        Assert.Equal(ulong.MaxValue, LogTime.From(DateTimeOffset.MaxValue));
        Assert.Equal(0UL, LogTime.FromTimeSpan(TimeSpan.FromTicks(-1)));
        Assert.Equal(ulong.MaxValue, LogTime.FromTimeSpan(TimeSpan.MaxValue));
    }

    [Fact]
    public void The_offset_of_a_time_does_not_matter() =>
        Assert.Equal(LogTime.From(new DateTimeOffset(2026, 3, 12, 0, 0, 0, TimeSpan.Zero)), LogTime.From(new DateTimeOffset(2026, 3, 12, 5, 30, 0, TimeSpan.FromHours(5.5))));

    [Theory]
    [InlineData("2026-03-12T00:00:00Z", true)]
    [InlineData("2026-03-12T00:00:00", true)]
    [InlineData("2026-03-12 00:00:00", true)]
    [InlineData("2026-03-12", true)]
    [InlineData("2026-03-12T05:30:00+05:30", true)]
    [InlineData("2026-03-12T00:00:00.000Z", true)]
    [InlineData("12:30", false)]
    [InlineData("3/12/2026", false)]
    [InlineData("Thursday", false)]
    [InlineData("2026-13-12", false)]
    [InlineData("2026-02-30", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Iso_8601_is_read_and_nothing_else(string? text, bool reads)
    {
        Assert.Equal(reads, LogTime.TryParse(text, out ulong time));
        Assert.Equal(reads ? 177_327_360_000_000_000UL : 0, time);
    }

    [Property(MaxTest = 300)]
    public void A_slot_starts_at_a_multiple_of_its_width_and_holds_the_time(ulong a, byte shift, ushort seconds)
    {
        ulong time = Wide(a, shift);
        ulong width = (seconds + 1UL) * LogTime.PerSecond;
        ulong start = LogTime.Floor(time, width);
        Assert.Equal(0UL, start % width);
        Assert.True(start <= time && time - start < width);
    }

    [Fact]
    public void Units_fit_each_other()
    {
        Assert.Equal(LogTime.PerDay, LogTime.FromTimeSpan(TimeSpan.FromDays(1)));
        Assert.Equal(LogTime.PerHour, LogTime.FromTimeSpan(TimeSpan.FromHours(1)));
        Assert.Equal(LogTime.PerMinute, LogTime.FromTimeSpan(TimeSpan.FromMinutes(1)));
        Assert.Equal(LogTime.PerMillisecond, LogTime.FromTimeSpan(TimeSpan.FromMilliseconds(1)));
    }

    /// <summary>Numbers of all magnitudes, where a generator makes small ones.</summary>
    private static ulong Wide(ulong a, byte shift) => ((a + 1) * 0x9E3779B97F4A7C15UL) >> (shift % 64);
}
