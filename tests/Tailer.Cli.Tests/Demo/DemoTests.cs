using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Tailer.Cli.Demo;
using Tailer.Testing;

namespace Tailer.Cli.Tests.Demo;

public sealed class DemoTests : IDisposable
{
    private readonly TempDirectory temp = new();
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public void Dispose() => temp.Dispose();

    [Fact]
    public void A_rotation_keeps_every_line_in_order()
    {
        using (var file = new DemoFile(temp["a.log"], rotateBytes: 50))
        {
            for (int i = 0; i < 20; i++)
                file.Append($"line {i:00}");
        }

        string[] lines = [.. new[] { "a.log.5", "a.log.4", "a.log.3", "a.log.2", "a.log.1", "a.log" }.Where(f => File.Exists(temp[f])).SelectMany(f => File.ReadAllLines(temp[f]))];
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"line {i:00}"), lines);
    }

    [Fact]
    public void The_oldest_rotated_file_is_deleted()
    {
        using var file = new DemoFile(temp["a.log"], rotateBytes: 1);
        for (int i = 0; i < 20; i++)
            file.Append("x");
        Assert.Equal(6, Directory.GetFiles(temp.Path).Length);
    }

    [Fact]
    public void The_shop_writes_every_kind_of_log_with_incidents_and_stack_traces()
    {
        var world = new DemoWorld(new Random(1), time);
        using (var shop = new DemoShop(temp.Path, world, rotateBytes: 1 << 30))
        {
            for (int i = 0; i < 2000; i++)
            {
                shop.Serve(world.NextRequest());
                time.Advance(TimeSpan.FromMilliseconds(100));
            }
        }

        string orders = File.ReadAllText(temp["orders/orders.log"]);
        Assert.Contains("\n\tat com.example.shop.payment.ProviderClient.capture(", orders, StringComparison.Ordinal);
        Assert.Contains("\nCaused by: java.net.SocketTimeoutException", orders, StringComparison.Ordinal);
        Assert.All(File.ReadLines(temp["billing/billing.json.log"]), line => JsonDocument.Parse(line).Dispose());
        Assert.Contains(File.ReadLines(temp["billing/billing.json.log"]), line => line.Contains("\"level\":\"error\"", StringComparison.Ordinal));
        Assert.Matches(@"^\S+ - \S+ \[01/Mar/2026:12:\d\d:\d\d \+0000\] ""(GET|POST) ", File.ReadLines(temp["nginx/access.log"]).First());
        Assert.Matches(@"^Mar  1 12:\d\d:\d\d shop-1 ", File.ReadLines(temp["system/auth.log"]).First());
        Assert.Contains("deadlock detected", File.ReadAllText(temp["postgres/postgresql.log"]), StringComparison.Ordinal);
    }

    [Fact]
    public void An_order_can_be_followed_by_its_request_through_the_logs()
    {
        var world = new DemoWorld(new Random(2), time);
        DemoRequest order;
        do
        {
            order = world.NextRequest();
        }
        while (order.OrderNumber == 0);
        using (var shop = new DemoShop(temp.Path, world, rotateBytes: 1 << 30))
            shop.Serve(order);
        foreach (string file in new[] { "nginx/access.log", "orders/orders.log", "billing/billing.json.log" })
            Assert.Contains(order.Id, File.ReadAllText(temp[file]), StringComparison.Ordinal);
    }
}
