using Tailer.Hosting;
using Tailer.Testing;
using Tailer.Wire;

namespace Tailer.Buck.Tests.Count;

public sealed class CounterConfigTests
{
    private const string Head = """
        environment: test
        name: buck-1
        credential: c
        data: d
        listen: 127.0.0.1:1
        http: 127.0.0.1:2

        """;

    [Fact]
    public void Counters_and_Graphite_are_read()
    {
        BuckOptions options = Read("""
            counters:
              - name: errors
                query: level:>=error
                by: [host, app]
              - name: all
                query: ''
            graphite:
              address: 127.0.0.1:2003
              prefix: logs.prod
            """);

        Assert.Equal(["errors", "all"], options.Counters.Select(c => c.Name));
        Assert.Equal([CounterLabel.Host, CounterLabel.App], options.Counters[0].Labels);
        Assert.True(options.Counters[1].Query.MatchesEverything);
        Assert.Equal(("127.0.0.1:2003", "logs.prod", TimeSpan.FromSeconds(10)), (options.Graphite!.Address.ToString(), options.Graphite.Prefix, options.Graphite.Interval));
    }

    [Theory]
    [InlineData("counters:\n  - name: Errors\n    query: x\n", "'Errors' must be a small letter")]
    [InlineData("counters:\n  - name: a\n    query: '(x'\n", "the query cannot be read")]
    [InlineData("counters:\n  - name: a\n    query: x\n    by: [hots]\n", "'hots' is no label; known are host, app, level, agent, path")]
    [InlineData("counters:\n  - name: a\n    query: x\n  - name: a\n    query: y\n", "2 items named 'a'")]
    [InlineData("counters:\n  - name: a\n    qery: x\n", "did you mean 'query'")]
    [InlineData("graphite:\n  prefix: x\n", "missing key 'graphite.address'")]
    [InlineData("graphite:\n  address: 127.0.0.1:2003\n  prefix: 'a b'\n", "'a b' must be names")]
    public void What_is_wrong_is_said(string yaml, string expected)
    {
        ConfigException e = Assert.Throws<ConfigException>(() => Read(yaml));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_have_the_counters_with_their_labels()
    {
        await using TestBuck buck = await TestBuck.StartAsync(o => o with { Counters = [CountingBuck.Counter("errors", "level:error", CounterLabel.Host), CountingBuck.Counter("all", "")] });
        await using BuckConnection agent = await buck.ConnectAsync(Role.Agent, "web-1");
        var packets = new Packets();
        await TestBuck.AppendAsync(agent, packets.Make(["an error", "fine"]));
        await TestBuck.AppendAsync(agent, packets.Make(["a second error"]), AppendOptions.AskedBefore);
        using HttpClient http = buck.Client();

        // One answer may be made while a packet is counted, by one counter and not yet by the other.
        string[] expected =
        [
            "tailer_counter_events_total{counter=\"errors\",host=\"web-1\"} 2\n",
            "tailer_counter_events_total{counter=\"all\"} 3\n",
            "tailer_counter_uncertain_events_total{counter=\"errors\"} 1\n",
            "tailer_counter_uncertain_events_total{counter=\"all\"} 1\n",
        ];
        await Wait.For(async () =>
        {
            string text = await http.GetStringAsync("/metrics");
            return expected.All(line => text.Contains(line, StringComparison.Ordinal));
        }, "all lines are counted");
    }

    private static BuckOptions Read(string yaml) => ConfigFile.Parse(Head + yaml, "/etc/tailer/buck.yaml", BuckOptions.Read);
}
