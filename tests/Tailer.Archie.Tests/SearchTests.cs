using System.Net;
using System.Text.Json;
using Tailer.Blocks;

namespace Tailer.Archie.Tests;

/// <summary>Searching what is recent: the index below the watermark, real bucks above it.</summary>
public sealed class SearchTests
{
    private const ulong Bucket = 2 * LogTime.PerSecond;

    /// <summary>A whole bucket some seconds ago, so that later ones are in the past too.</summary>
    private static readonly ulong Start = LogTime.Floor(LogTime.Now(TimeProvider.System), Bucket) - (10 * Bucket);

    [Fact]
    public async Task Every_line_is_found_once_though_it_is_in_the_index_and_on_two_bucks()
    {
        var log = new TestLog();
        Packet old = log.Packet(Lines("old", 5), Start);
        Packet border = log.Packet(Lines("border", 5), Start + Bucket);
        Packet fresh = log.Packet(Lines("fresh", 5), Start + (2 * Bucket));
        await using ArchieHost archie = await ArchieHost.StartAsync(bucks: 3);
        TestLog.AddToRecent(archie.Recent, [old, border], watermark: Start + Bucket);
        await archie.AppendAsync(0, old, border, fresh);
        await archie.AppendAsync(1, border);
        await archie.AppendAsync(2, fresh);

        (IReadOnlyList<string> texts, JsonElement summary) = await archie.SearchAsync("/api/v1/search?q=");
        string[] expected = [.. Lines("old", 5), .. Lines("border", 5), .. Lines("fresh", 5)];
        Assert.Equal(expected.Reverse(), texts);
        Assert.True(summary.GetProperty("complete").GetBoolean());
        Assert.False(summary.GetProperty("truncated").GetBoolean());
        Assert.Equal(LogTime.Format(Start + Bucket), summary.GetProperty("watermark").GetString());

        (texts, _) = await archie.SearchAsync("/api/v1/search?q=fresh&order=oldest");
        Assert.Equal(Lines("fresh", 5), texts);
        JsonElement histogram = await archie.GetAsync("/api/v1/histogram?q=");
        Assert.Equal(15, histogram.GetProperty("total").GetInt64());
        Assert.Equal(15, histogram.GetProperty("buckets").EnumerateArray().Sum(bucket => bucket.GetProperty("count").GetInt64()));
    }

    [Fact]
    public async Task The_lines_around_one_are_found_across_the_border_of_index_and_bucks()
    {
        var log = new TestLog();
        var other = new TestLog("/var/log/other.log");
        Packet old = log.Packet(Lines("old", 4), Start);
        Packet fresh = log.Packet(Lines("fresh", 4), Start + Bucket);
        Packet noise = other.Packet(Lines("noise", 50), Start);
        await using ArchieHost archie = await ArchieHost.StartAsync(bucks: 2);
        TestLog.AddToRecent(archie.Recent, [old, noise], watermark: Start + Bucket);
        await archie.AppendAsync(0, fresh);
        await archie.AppendAsync(1, fresh);

        ulong offset = (ulong)(4 * (Lines("old", 1)[0].Length + 1));
        JsonElement context = await archie.GetAsync(
            $"/api/v1/context?source={log.Id}&offset={offset}&time={LogTime.Format(Start + Bucket)}&before=3&after=2");
        Assert.Equal(3, context.GetProperty("index").GetInt32());
        Assert.Equal(
            ["old 1", "old 2", "old 3", "fresh 0", "fresh 1", "fresh 2"],
            context.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("text").GetString()));
        await archie.GetAsync($"/api/v1/context?source={log.Id}&offset=1&time={LogTime.Format(Start)}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_buck_that_is_down_makes_the_answer_partial_and_says_which_it_was()
    {
        var log = new TestLog();
        Packet fresh = log.Packet(Lines("fresh", 3), Start);
        await using ArchieHost archie = await ArchieHost.StartAsync(bucks: 3);
        await archie.AppendAsync(0, fresh);
        await archie.KillBuckAsync(1);

        (IReadOnlyList<string> texts, JsonElement summary) = await archie.SearchAsync("/api/v1/search?q=fresh");
        Assert.Equal(3, texts.Count);
        Assert.False(summary.GetProperty("complete").GetBoolean());
        JsonElement missing = summary.GetProperty("sources").EnumerateArray().Single(s => s.GetProperty("state").GetString() != "ok");
        Assert.Equal("buck-2", missing.GetProperty("name").GetString());
        Assert.Equal("unreachable", missing.GetProperty("state").GetString());
        Assert.StartsWith("buck-2 unreachable: ", missing.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_limit_gives_the_newest_lines_and_says_that_there_are_more()
    {
        var log = new TestLog();
        await using ArchieHost archie = await ArchieHost.StartAsync();
        TestLog.AddToRecent(archie.Recent, [log.Packet(Lines("line", 50), Start)], watermark: Start + Bucket);
        (IReadOnlyList<string> texts, JsonElement summary) = await archie.SearchAsync("/api/v1/search?q=line&limit=10");
        Assert.Equal(Lines("line", 50).Reverse().Take(10), texts);
        Assert.True(summary.GetProperty("truncated").GetBoolean());
        (texts, summary) = await archie.SearchAsync("/api/v1/search?q=line&limit=50");
        Assert.Equal(50, texts.Count);
        Assert.False(summary.GetProperty("truncated").GetBoolean());
    }

    [Fact]
    public async Task The_range_is_from_inclusive_to_exclusive()
    {
        var log = new TestLog();
        await using ArchieHost archie = await ArchieHost.StartAsync();
        TestLog.AddToRecent(archie.Recent, [log.Packet(Lines("line", 10), Start)], watermark: Start + Bucket);
        string from = LogTime.Format(Start + (2 * LogTime.PerMillisecond));
        string to = LogTime.Format(Start + (5 * LogTime.PerMillisecond));
        (IReadOnlyList<string> texts, _) = await archie.SearchAsync($"/api/v1/search?from={from}&to={to}&order=oldest");
        Assert.Equal(["line 2", "line 3", "line 4"], texts);
    }

    [Fact]
    public async Task A_query_that_cannot_be_read_is_answered_with_a_caret_under_the_place()
    {
        await using ArchieHost archie = await ArchieHost.StartAsync();
        JsonElement problem = await archie.GetAsync("/api/v1/search?q=" + Uri.EscapeDataString("timeout (a OR"), HttpStatusCode.BadRequest);
        Assert.Equal("bad-query", problem.GetProperty("code").GetString());
        string[] caret = problem.GetProperty("caret").GetString()!.Split('\n');
        Assert.Equal("timeout (a OR", caret[0]);
        Assert.Equal(problem.GetProperty("position").GetInt32(), caret[1].IndexOf('^', StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=10001", "limit")]
    [InlineData("limit=many", "limit")]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=2026-03-01T12:00:00", "from")]
    [InlineData("order=random", "order")]
    [InlineData("env=nowhere", "nowhere")]
    public async Task A_wrong_parameter_is_named(string query, string named)
    {
        await using ArchieHost archie = await ArchieHost.StartAsync();
        HttpStatusCode expected = query.StartsWith("env", StringComparison.Ordinal) ? HttpStatusCode.NotFound : HttpStatusCode.BadRequest;
        JsonElement problem = await archie.GetAsync($"/api/v1/search?{query}", expected);
        Assert.Contains(named, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_index_is_a_part_missing_and_not_the_end()
    {
        await using ArchieHost archie = await ArchieHost.StartAsync();
        Directory.CreateDirectory(archie.Recent);
        await File.WriteAllTextAsync(Path.Combine(archie.Recent, "catalog"), "not a catalog");
        (IReadOnlyList<string> texts, JsonElement summary) = await archie.SearchAsync("/api/v1/search?q=");
        Assert.Empty(texts);
        Assert.Equal("failed", summary.GetProperty("sources")[0].GetProperty("state").GetString());
        await archie.GetAsync("/api/v1/histogram?q=");
        await archie.GetAsync("/api/v1/status");
    }

    private static string[] Lines(string word, int count) => [.. Enumerable.Range(0, count).Select(i => $"{word} {i}")];
}
