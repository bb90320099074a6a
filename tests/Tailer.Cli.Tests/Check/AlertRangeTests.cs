using Tailer.Cli.Check;

namespace Tailer.Cli.Tests.Check;

public sealed class AlertRangeTests
{
    // The examples of the guidelines for Nagios plug-ins.
    [Theory]
    [InlineData("10", new[] { -1.0, 11, 1e9 }, new[] { 0.0, 5, 10 })]
    [InlineData("10:", new[] { 0.0, 9, -5 }, new[] { 10.0, 11, 1e9 })]
    [InlineData("~:10", new[] { 10.5, 11 }, new[] { -1e9, 0, 10 })]
    [InlineData("10:20", new[] { 9.0, 21 }, new[] { 10.0, 15, 20 })]
    [InlineData("@10:20", new[] { 10.0, 15, 20 }, new[] { 9.0, 21 })]
    [InlineData("0", new[] { 1.0, -1 }, new[] { 0.0 })]
    [InlineData("1:", new[] { 0.0 }, new[] { 1.0, 7 })]
    public void Thresholds_are_those_of_Nagios(string text, double[] alerts, double[] quiet)
    {
        AlertRange range = AlertRange.TryParse(text)!;
        Assert.All(alerts, value => Assert.True(range.IsAlert(value), $"{value}"));
        Assert.All(quiet, value => Assert.False(range.IsAlert(value), $"{value}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("x")]
    [InlineData("20:10")]
    [InlineData("1:2:3")]
    [InlineData(":5")]
    [InlineData("~")]
    public void What_is_no_threshold_is_refused(string text) => Assert.Null(AlertRange.TryParse(text));
}
