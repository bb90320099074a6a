using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tailer.Hosting;
using Tailer.Testing;

namespace Tailer.Buck.Tests.Count;

public sealed class GraphiteTests
{
    private readonly Packets packets = new("web-1.example.org");

    [Fact]
    public async Task Lines_are_count_rate_and_uncertain_with_labels_as_parts_of_the_path()
    {
        await using CountingBuck buck = await CountingBuck.StartAsync(CountingBuck.Counter("errors", "level:error", CounterLabel.Host, CounterLabel.App), CountingBuck.Counter("all", ""));
        var text = new GraphiteText("logs.prod", "buck-1");

        Assert.Equal("logs.prod.buck-1.errors.uncertain 0 1000\nlogs.prod.buck-1.all.count 0 1000\nlogs.prod.buck-1.all.uncertain 0 1000\n", Write(TimeSpan.Zero, 1000));
        buck.Append(packets.Make(["error", "fine", "error"]), Counting.Perhaps);
        await buck.Counted();
        Assert.Equal(
            """
            logs.prod.buck-1.errors.web-1_example_org.app.count 2 1004
            logs.prod.buck-1.errors.web-1_example_org.app.rate 0.5 1004
            logs.prod.buck-1.errors.uncertain 2 1004
            logs.prod.buck-1.all.count 3 1004
            logs.prod.buck-1.all.rate 0.75 1004
            logs.prod.buck-1.all.uncertain 3 1004

            """, Write(TimeSpan.FromSeconds(4), 1004));

        string Write(TimeSpan elapsed, long now) => System.Text.Encoding.ASCII.GetString(text.Write(buck.Book.Counters, now, elapsed));
    }

    [Fact]
    public async Task Counters_are_sent_every_interval_and_a_Graphite_that_is_away_gets_them_when_it_is_back()
    {
        await using CountingBuck buck = await CountingBuck.StartAsync(CountingBuck.Counter("all", ""));
        buck.Append(packets.Make(["1", "2"]));
        await buck.Counted();
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(5000));
        var graphite = new TcpListener(IPAddress.Loopback, 0);
        graphite.Start();
        int port = ((IPEndPoint)graphite.LocalEndpoint).Port;
        using var sender = new GraphiteSender(new GraphiteOptions(new NetworkAddress("127.0.0.1", port), "tailer", TimeSpan.FromSeconds(10)), "buck-1", buck.Book, clock, NullLogger<GraphiteSender>.Instance);
        await sender.StartAsync(CancellationToken.None);

        Assert.Matches("^tailer\\.buck-1\\.all\\.count 2 5[0-9]+0\n", await NextAsync());
        graphite.Stop();
        clock.Advance(TimeSpan.FromSeconds(10));
        buck.Append(packets.Make(["3"]));
        await buck.Counted();
        graphite = new TcpListener(IPAddress.Loopback, port);
        graphite.Start();
        string sent;
        do
        {
            sent = await NextAsync();
        }
        while (sent.StartsWith("tailer.buck-1.all.count 2 ", StringComparison.Ordinal));
        Assert.StartsWith("tailer.buck-1.all.count 3 ", sent, StringComparison.Ordinal);
        await sender.StopAsync(CancellationToken.None);
        graphite.Stop();

        async Task<string> NextAsync()
        {
            Task<TcpClient> accepting = graphite.AcceptTcpClientAsync();
            await Wait.For(() =>
            {
                if (!accepting.IsCompleted)
                    clock.Advance(TimeSpan.FromSeconds(10));
                return accepting.IsCompleted;
            }, "Graphite is connected to");
            using TcpClient client = await accepting;
            using var reader = new StreamReader(client.GetStream());
            return await reader.ReadToEndAsync();
        }
    }
}
