using System.Text.Json;
using Tailer.Cli.Check;

namespace Tailer.Cli.Tests.Check;

public sealed class CheckResultTests
{
    private static readonly string[] Bucks = ["buck-1", "buck-2", "buck-3"];

    [Theory]
    [InlineData(10, "TAILER OK - 10 lines match level:error in 5m | lines=10;10;50;0")]
    [InlineData(1, "TAILER OK - 1 line match level:error in 5m | lines=1;10;50;0")]
    [InlineData(11, "TAILER WARNING - 11 lines match level:error in 5m | lines=11;10;50;0")]
    [InlineData(51, "TAILER CRITICAL - 51 lines match level:error in 5m | lines=51;10;50;0")]
    public void The_line_has_state_count_query_time_and_data(long total, string expected) =>
        Assert.Equal(expected, Result(Asked("10", "50"), total).ToString());

    [Fact]
    public void Without_thresholds_it_counts_and_is_ok() =>
        Assert.Equal("TAILER OK - 7 lines match everything in 1h | lines=7;;;0", Result(new CheckAsked("n", "", TimeSpan.FromHours(1), null, null), 7).ToString());

    [Fact]
    public void A_bar_of_the_query_does_not_begin_the_data() =>
        Assert.Equal("TAILER OK - 0 lines match /a¦b/ in 5m | lines=0;10;50;0", Result(Asked("10", "50") with { Query = "/a|b/" }, 0).ToString());

    [Fact]
    public void One_buck_that_is_away_is_said_and_two_make_what_is_not_certain_unknown()
    {
        string one = """{"name":"buck-2","state":"unreachable","error":"buck-2 unreachable: connection refused"}""";
        string two = one + """,{"name":"buck-3","state":"timeout"}""";

        Assert.Equal("TAILER OK - 3 lines match level:error in 5m | lines=3;10;50;0\nbuck-2 unreachable: connection refused", Result(Asked("10", "50"), 3, sources: one).ToString());
        Assert.Equal("TAILER UNKNOWN - 3 lines match level:error in 5m, but not all were counted | lines=3;10;50;0\nbuck-2 unreachable: connection refused\nbuck-3 did not answer", Result(Asked("10", "50"), 3, sources: two).ToString());
        // A warning might be critical; what is critical stays so.
        Assert.Equal(CheckState.Unknown, Result(Asked("10", "50"), 20, sources: two).State);
        Assert.Equal(CheckState.Critical, Result(Asked("10", "50"), 60, sources: two).State);
        Assert.Equal(CheckState.Warning, Result(Asked("10", null), 20, sources: two).State);
        // Too few: more lines might be enough, and enough stay enough.
        Assert.Equal(CheckState.Unknown, Result(Asked(null, "5:"), 3, sources: two).State);
        Assert.Equal(CheckState.Ok, Result(Asked(null, "5:"), 5, sources: two).State);
        Assert.Equal(CheckState.Unknown, Result(Asked(null, "5:10"), 7, sources: two).State);
        Assert.Equal(CheckState.Critical, Result(Asked(null, "5:10"), 11, sources: two).State);
    }

    [Fact]
    public void Recent_that_is_away_makes_it_unknown() =>
        Assert.Equal(CheckState.Unknown, Result(Asked("10", "50"), 3, sources: """{"name":"recent","state":"failed","error":"x"}""").State);

    [Fact]
    public void A_count_that_ended_at_its_limit_is_at_least_so_many()
    {
        CheckResult result = Result(Asked("10", "50"), 60_000, truncated: true);
        Assert.Equal("TAILER CRITICAL - at least 60000 lines match level:error in 5m | lines=60000;10;50;0", result.ToString());
    }

    private static CheckAsked Asked(string? warn, string? crit) =>
        new("errors", "level:error", TimeSpan.FromMinutes(5), warn is null ? null : AlertRange.TryParse(warn), crit is null ? null : AlertRange.TryParse(crit));

    private static CheckResult Result(CheckAsked asked, long total, bool truncated = false, string sources = "")
    {
        using JsonDocument answer = JsonDocument.Parse(
            $$"""{"total":{{total}},"truncated":{{(truncated ? "true" : "false")}},"sources":[{"name":"buck-1","state":"ok"}{{(sources.Length > 0 ? "," + sources : "")}}]}""");
        return CheckResult.Of(asked, CheckCount.Of(answer.RootElement, Bucks));
    }
}
