namespace Tailer.Hosting.Tests;

public sealed class ParentWatchTests
{
    [Theory]
    [InlineData("12 (sh) S 7 12 12", 7)]
    [InlineData("12 (a) b (c)) R 345 1", 345)]
    [InlineData("", null)]
    public void The_parent_is_the_fourth_field_whatever_the_name_holds(string stat, int? expected) =>
        Assert.Equal(expected, ParentWatch.ParseParent(stat));
}
