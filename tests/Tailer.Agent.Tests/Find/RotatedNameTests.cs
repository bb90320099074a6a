namespace Tailer.Agent.Tests;

public sealed class RotatedNameTests
{
    [Theory]
    [InlineData("app.log", "app.log.1", true)]
    [InlineData("app.log", "app.log.12", true)]
    [InlineData("app.log", "app.log-20261122", true)]
    [InlineData("app.log", "app.log.20261122-101112", true)]
    [InlineData("app.log", "app.log.2026-11-22T10:11:12Z", true)]
    [InlineData("app.log", "app.log.old", true)]
    [InlineData("app.log", "app-20261122.log", true)]
    [InlineData("app.log", "app.2026-11-22.3.log", true)]
    [InlineData("app.log", "app.1.log", true)]
    [InlineData("syslog", "syslog.1", true)]
    [InlineData("app.log", "app.log", false)]
    [InlineData("app.log", "app-1.log", false)]
    [InlineData("app.log", "app.log.1.gz", true)]
    [InlineData("app.log", "app-20261122.log.zst", true)]
    [InlineData("app.log", "app.log.gz", true)]
    [InlineData("app.log", "other.log.gz", false)]
    [InlineData("app.log", "app.log.backup", false)]
    [InlineData("app.log", "application.log.1", false)]
    [InlineData("app.log", "app.log1", false)]
    [InlineData("app.log", "app.log.", false)]
    public void Names_that_rotation_gives_are_known(string original, string name, bool rotated)
    {
        Assert.Equal(rotated, RotatedName.TryParse(original, name, out _));
        Assert.Equal(rotated, RotatedName.Originals(name).Contains(original));
    }

    [Theory]
    [InlineData("app.log.2", "app.log.1")]
    [InlineData("app.log.10", "app.log.9")]
    [InlineData("app.log-20261121", "app.log-20261122")]
    [InlineData("app-20261121.log", "app-20261122.log")]
    public void The_older_of_two_has_the_greater_age(string older, string newer)
    {
        Assert.True(RotatedName.TryParse("app.log", older, out long olderAge));
        Assert.True(RotatedName.TryParse("app.log", newer, out long newerAge));
        Assert.True(olderAge > newerAge);
    }
}
