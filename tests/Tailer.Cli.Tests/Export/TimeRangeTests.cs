using Tailer.Blocks;
using Tailer.Cli.Export;
using Tailer.Hosting;

namespace Tailer.Cli.Tests.Export;

public sealed class TimeRangeTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("now", "2026-03-01T12:00:00Z")]
    [InlineData("-90s", "2026-03-01T11:58:30Z")]
    [InlineData("-2d", "2026-02-27T12:00:00Z")]
    [InlineData("2026-03-01T13:00:00+02:00", "2026-03-01T11:00:00Z")]
    [InlineData("2026-03-01T11:00:00.5Z", "2026-03-01T11:00:00.5Z")]
    public void Absolute_and_relative_times_are_read(string text, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), LogTime.ToDateTimeOffset(TimeRange.Parse(text, Now)));

    [Theory]
    [InlineData("")]
    [InlineData("5m")]
    [InlineData("-5")]
    [InlineData("2026-03-01T12:00:00")]
    [InlineData("yesterday")]
    public void Anything_else_is_refused_with_the_forms_that_are_understood(string text) =>
        Assert.Contains("write 2026-03-01T12:00:00Z, now, or -5m", Assert.Throws<FatalException>(() => TimeRange.Parse(text, Now)).Message, StringComparison.Ordinal);
}
