using System.Text.Json;
using System.Text.RegularExpressions;
using Tailer.Testing;

namespace Tailer.Buck.Tests;

/// <summary>docs/grafana-bucks.json asks for what a buck really says.</summary>
public sealed partial class DashboardTests
{
    [Fact]
    public async Task Every_metric_of_the_dashboard_is_one_of_a_buck()
    {
        await using TestBuck buck = await TestBuck.StartAsync(o => o with { Counters = [Count.CountingBuck.Counter("all", "")] });
        await using Tailer.Wire.BuckConnection agent = await buck.ConnectAsync(Tailer.Wire.Role.Agent, "web-1");
        using HttpClient client = buck.Client();
        using JsonDocument dashboard = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(BuildOutput.Repository, "docs", "grafana-bucks.json")));
        string[] asked = [.. dashboard.RootElement.GetProperty("panels").EnumerateArray()
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .SelectMany(target => Name().Matches(target.GetProperty("expr").GetString()!).Select(m => m.Value)).Distinct()];

        string[] said = [.. Name().Matches(await client.GetStringAsync("/metrics")).Select(m => m.Value).Distinct()];

        Assert.True(asked.Length > 10);
        Assert.Empty(asked.Except(said));
    }

    [GeneratedRegex("tailer_[a-z_]+")]
    private static partial Regex Name();
}
