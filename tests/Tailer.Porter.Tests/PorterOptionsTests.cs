using Tailer.Hosting;

namespace Tailer.Porter.Tests;

public sealed class PorterOptionsTests
{
    private const string Least = """
        environment: prod
        credential: porter.credential
        state: state
        bucks:
        - name: a
          address: 127.0.0.1:7411
        recent:
          path: recent
        archive:
          path: archive
        """;

    [Fact]
    public void The_least_configuration_has_the_defaults_of_the_operators_page()
    {
        PorterOptions options = Read(Least);
        Assert.Equal(TimeSpan.FromMinutes(1), options.BucketTime);
        Assert.Equal(TimeSpan.FromHours(1), options.Span);
        Assert.Equal(TimeSpan.FromHours(48), options.ArchiveAfter);
        Assert.Equal(TimeSpan.FromHours(24), options.ArchiveMaxDelay);
        Assert.Equal(TimeSpan.FromHours(1), options.PruneGrace);
        Assert.Equal(TimeSpan.FromDays(14), options.RecentRetention);
        Assert.Equal(TimeSpan.FromSeconds(5), options.PollInterval);
        Assert.Equal("/etc/tailer/recent", options.RecentPath);
    }

    [Fact]
    public void Short_times_are_taken()
    {
        PorterOptions options = Read(Least + "\nbucket_time: 10s\nspan: 1m\narchive_after: 1m\narchive_max_delay: 5m\nprune_grace: 30s\npoll_interval: 1s\n");
        Assert.Equal(TimeSpan.FromSeconds(10), options.BucketTime);
        Assert.Equal(TimeSpan.FromMinutes(1), options.Span);
    }

    [Theory]
    [InlineData("span: 90s", "'span' must be a multiple of 'bucket_time' that divides a day")]
    [InlineData("span: 7m", "'span' must be a multiple of 'bucket_time' that divides a day")]
    [InlineData("bucket_time: 1500ms", "'bucket_time' must be whole seconds")]
    [InlineData("spam: 1h", "unknown key 'spam'; did you mean 'span'?")]
    public void What_cannot_work_is_refused_with_its_place(string line, string expected) =>
        Assert.Contains(expected, Assert.Throws<ConfigException>(() => Read(Least + "\n" + line)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_buck_named_twice_is_refused() =>
        Assert.Contains("names one buck twice", Assert.Throws<ConfigException>(() => Read(Least.Replace("recent:", "- name: a\n  address: 127.0.0.1:7412\nrecent:", StringComparison.Ordinal))).Message, StringComparison.Ordinal);

    private static PorterOptions Read(string yaml) => ConfigFile.Parse(yaml, "/etc/tailer/porter.yaml", section =>
    {
        PorterOptions options = PorterOptions.Read(section);
        return options;
    });
}
