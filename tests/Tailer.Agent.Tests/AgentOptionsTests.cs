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
    public void What_the_agent_writes_itself_is_not_followed()
    {
        FileSet set = Parse(Least.Replace("/var/log/**/*.log", "/**/*", StringComparison.Ordinal)).Sources[0];
        Assert.False(set.Follows("/etc/tailer/state/spool/20260301/1200.b"));
        Assert.False(set.Follows("/etc/tailer/state/checkpoint"));
        Assert.True(set.Follows("/etc/tailer/state.log"));
    }

    [Fact]
    public void A_source_can_be_delivered_more_carefully() =>
        Assert.Equal(new DeliverySettings(1, true, BoundaryCopy.Off), Parse(Least + "\n    copies: 1\n    fsync: ack\n    boundary_copy: off\n    exclude: ['*.tmp']").Sources[0].Delivery);

    [Fact]
    public void Rules_and_tags_are_read()
    {
        FileSet set = Parse(Least + "\n    drop: ['level:debug', '\"GET /health\"']\n    mask: [token, card, email, '/customer=[0-9]+/i']\n    limit: {rate: 100}\n    tags: {tier: web, team: shop}").Sources[0];
        Assert.Equal(
            [("drop", "level:debug"), ("drop", "\"GET /health\""), ("mask", "token"), ("mask", "card"), ("mask", "email"), ("mask", "/customer=[0-9]+/i"), ("limit", "100 lines a second")],
            set.Rules!.Counts.Select(c => (c.Kind, c.Rule)));
        Assert.Equal(new LimitOptions(100, 1000), set.Rules.Limit);
        Assert.Equal([new("team", "shop"), new("tier", "web")], set.Tags);
        Assert.Null(Parse(Least).Sources[0].Rules);
    }

    [Fact]
    public void Views_records_and_hosts_are_read()
    {
        FileSet set = Parse(Least + "\n    view: auto\n    continues: [java, indent]\n    host: line").Sources[0];
        Assert.Null(set.View);
        Assert.NotNull(set.Records);
        Assert.True(set.Parse.HostFromLine);
        Assert.Equal(SourceView.Cri, Parse(Least + "\n    view: cri\n    record_start: '/^\\d/'").Sources[0].View);
        FileSet least = Parse(Least).Sources[0];
        Assert.Equal((SourceView.Utf8, null, false), (least.View, least.Records, least.Parse.HostFromLine));
    }

    [Theory]
    [InlineData("\n    view: utf16", "must be one of utf8, utf16le, utf16be, docker, cri, auto")]
    [InlineData("\n    continues: [java, pyton]", "/etc/tailer/agent.yaml:10:23: 'sources[0].continues': 'pyton' is none of indent, java, python, go, dotnet; did you mean 'python'?")]
    [InlineData("\n    record_start: '^x'", "between slashes")]
    [InlineData("\n    record_start: '/(/'", "not a regular expression")]
    [InlineData("\n    record_start: /x/\n    continues: java", "leave one out")]
    [InlineData("\n    host: lines", "did you mean 'line'?")]
    [InlineData("\n    mask: [token, '/a(/']", "/etc/tailer/agent.yaml:10:19: 'sources[0].mask': /a(/: not a regular expression: InsufficientClosingParentheses at its character 2")]
    [InlineData("\n    mask: /(?<=a)b/", "agent.yaml:10:11: 'sources[0].mask': /(?<=a)b/: lookaround")]
    [InlineData("\n    mask: [tokn]", "did you mean 'token'?")]
    [InlineData("\n    drop: ['level:']", "agent.yaml:10:12: 'sources[0].drop': 'level:' is not a query")]
    [InlineData("\n    drop: '*'", "would drop every line")]
    [InlineData("\n    limit: {burst: 5}", "missing key 'limit.rate'")]
    [InlineData("\n    limit: {rate: 0}", "must be at least 1")]
    [InlineData("\n    limit: {rate: 1, bust: 2}", "did you mean 'burst'?")]
    [InlineData("\n    tags: [a]", "section of 'name: text' lines")]
    [InlineData("\n    tags: {a: [b]}", "section of 'name: text' lines")]
    [InlineData("\n    msk: [token]", "did you mean 'mask'?")]
    public void A_mistake_in_a_rule_is_named_with_its_place(string more, string expected) =>
        Assert.Contains(expected, Assert.Throws<ConfigException>(() => Parse(Least + more)).Message, StringComparison.Ordinal);

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
