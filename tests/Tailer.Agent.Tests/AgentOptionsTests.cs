using Tailer.Blocks;
using Tailer.Hosting;

namespace Tailer.Agent.Tests;

public sealed class AgentOptionsTests
{
    private const string Least = """
        environment: test
        credential: agent.credential
        state: state
        host: web-1
        bucks:
          - {name: b1, address: "127.0.0.1:7411"}
          - {name: b2, address: "127.0.0.1:7412"}
        sources:
          - paths: ["logs/*.log", "/var/log/**/*.log"]
        """;

    [Fact]
    public void The_least_configuration_has_the_documented_defaults()
    {
        AgentOptions options = Parse(Least);
        Assert.Equal("/etc/tailer/state", options.State);
        Assert.Equal(TimeSpan.FromMinutes(1), options.BucketTime);
        Assert.Equal(TimeSpan.FromSeconds(1), options.Reading.FlushDelay);
        Assert.Equal(1L << 30, options.SpoolBytesMax);
        FileSet set = Assert.Single(options.Sources);
        Assert.Equal(["/etc/tailer/logs/*.log", "/var/log/**/*.log"], set.Include.Select(g => g.Text));
        Assert.Equal(new DeliverySettings(2, false, BoundaryCopy.Unacked), set.Delivery);
    }

    [Fact]
    public void A_source_can_be_delivered_more_carefully() =>
        Assert.Equal(new DeliverySettings(1, true, BoundaryCopy.Off), Parse(Least + "\n    copies: 1\n    fsync: ack\n    boundary_copy: off\n    exclude: ['*.tmp']").Sources[0].Delivery);

    [Theory]
    [InlineData("\nsorces: []", "sources")]
    [InlineData("\n    boundary_copy: hole", "whole")]
    [InlineData("\n    exclude: [tmp/x]", "neither an absolute path nor a file name")]
    [InlineData("\n    copies: 4", "copies")]
    [InlineData("\nbucket_time: 1500ms", "whole seconds")]
    public void A_mistake_is_named(string more, string expected) =>
        Assert.Contains(expected, Assert.Throws<ConfigException>(() => Parse(Least + more)).Message, StringComparison.Ordinal);

    private static AgentOptions Parse(string text) => ConfigFile.Parse(text, "/etc/tailer/agent.yaml", AgentOptions.Read);
}
