using System.Text;
using Tailer.Blocks;

namespace Tailer.Queries.Tests;

public sealed class QueryMatchTests
{
    [Theory]
    [InlineData("error", "an ERROR here", true)]
    [InlineData("error", "errors here", false)]
    [InlineData("error", "error_code", false)]
    [InlineData("error", "error-code", true)]
    [InlineData("error code", "code then error", true)]
    [InlineData("\"error code\"", "code then error", false)]
    [InlineData("\"error code\"", "Error Code 5", true)]
    [InlineData("\"error code\"", "error codes", false)]
    [InlineData("\"error code\"", "error  code", false)]
    [InlineData("\"[error]\"", "x[error]y", true)]
    [InlineData("10.0.0.1", "from 10.0.0.1:80", true)]
    [InlineData("10.0.0.1", "from 110.0.0.1", false)]
    [InlineData("10.0.0.1", "from 10.0.0.12", false)]
    [InlineData("conn*", "connection lost", true)]
    [InlineData("conn*", "reconnection", false)]
    [InlineData("*conn*", "reconnection", true)]
    [InlineData("*Exception", "java.io.IOException: x", true)]
    [InlineData("co*ion", "connection", true)]
    [InlineData("co*ion", "co ion", false)]
    [InlineData("\"conn\"~", "reconnection", true)]
    [InlineData("\"Conn\"~", "reconnection", false)]
    [InlineData("\"Conn\"~i", "reconnection", true)]
    [InlineData("-error", "all fine", true)]
    [InlineData("-error", "an error", false)]
    [InlineData("a OR b c", "a", true)]
    [InlineData("(a OR b) c", "a", false)]
    [InlineData("/[45]\\d\\d /", "GET 404 ", true)]
    [InlineData("/[45]\\d\\d /", "GET 200 ", false)]
    [InlineData("/get/", "GET", false)]
    [InlineData("/get/i", "GET", true)]
    [InlineData("/^GET$/", "GET\r\n", true)]
    [InlineData("status=500", "status=500 took=3", true)]
    [InlineData("status=500", "status=5000", false)]
    [InlineData("status=500", "status=500ms", false)]
    [InlineData("status=500", "laststatus=500", false)]
    [InlineData("status=500", "{\"status\":500,\"a\":1}", true)]
    [InlineData("status=500", "{\"status\": \"500\"}", true)]
    [InlineData("status=500", "{\"log\":\"{\\\"status\\\":\\\"500\\\"}\"}", true)]
    [InlineData("status=500", "Status: 500", true)]
    [InlineData("status=5*", "status=503;", true)]
    [InlineData("status=5*", "status=403 5", false)]
    [InlineData("msg=\"a b\"", "msg=\"a b\" x", true)]
    [InlineData("msg=\"a b\"", "msg=\"a b c\"", false)]
    [InlineData("msg=a*", "msg=\"a \\\" b\" c", true)]
    [InlineData("list=1,2", "list=1,2 x", true)]
    [InlineData("id=*", "id= x", true)]
    [InlineData("straße", "STRAẞE", true)]
    [InlineData("ΣΑΣ", "σας", true)]
    [InlineData("ошибка", "ОШИБКА!", true)]
    [InlineData("ошибка", "ошибками", false)]
    [InlineData("k", "\u212A", false)]
    [InlineData("e", "e\u0301", false)]
    public void A_query_matches_or_not(string query, string line, bool expected) =>
        Assert.Equal(expected, Queries.Of(query).Matches(Sample.Of(line).Input));

    [Fact]
    public void Fields_compare_whole_values_and_paths_alone_by_case()
    {
        var sample = new Sample("x"u8.ToArray(), "Web1", "nginx", "agent-7", "/var/log/Nginx/a.log", 42, Severity.Error);
        foreach (string yes in (string[])["host:web1", "host:WEB*", "host:*1", "app:NGINX", "agent:agent-*", "path:/var/log/*.log", "path:*Nginx*", "pid:42", "level:error", "level:>=warn", "level:<=crit", "level:e*", "host:*"])
            Assert.True(Queries.Of(yes).Matches(sample.Input), yes);
        foreach (string no in (string[])["host:web", "host:eb1", "app:ngin", "path:/var/log", "path:*nginx*", "pid:4", "level:>error", "level:<=warn", "level:warn,info", "level:unknown"])
            Assert.False(Queries.Of(no).Matches(sample.Input), no);
    }

    [Fact]
    public void A_tag_is_compared_whole_with_its_name_and_any_of_several_may_match()
    {
        Sample sample = Sample.Of("x") with { Tags = [new("team", "Shop"), new("tier", "web 1")] };
        foreach (string yes in (string[])["tag:team=shop", "TAG:Team=SHOP", "tag:tier=\"web 1\"", "tag:\"tier=web 1\"", "tag:team=*", "tag:*=shop", "tag:*", "-tag:team=sho"])
            Assert.True(Queries.Of(yes).Matches(sample.Input), yes);
        foreach (string no in (string[])["tag:team", "tag:shop", "tag:team=sho", "tag:team=web*", "tag:tier=shop"])
            Assert.False(Queries.Of(no).Matches(sample.Input), no);
        Assert.False(Queries.Of("tag:*").Matches(Sample.Of("x").Input));
    }

    [Fact]
    public void Events_without_a_level_are_neither_above_nor_below_one()
    {
        Sample unknown = Sample.Of("x");
        Assert.False(Queries.Of("level:>=trace").Matches(unknown.Input));
        Assert.False(Queries.Of("level:<=emergency").Matches(unknown.Input));
        Assert.True(Queries.Of("level:unknown").Matches(unknown.Input));
        Assert.True(Queries.Of("level:*").Matches(unknown.Input));
        Assert.True(Queries.Of("-level:>=trace").Matches(unknown.Input));
    }

    [Fact]
    public void Bytes_that_are_no_text_separate_terms_and_read_as_one_replacement_character_in_expressions()
    {
        var line = new Sample([.. "ab"u8, 0xff, .. "cd "u8, 0xe6, 0xb0, .. "x"u8]);
        Assert.True(Queries.Of("ab cd x").Matches(line.Input));
        Assert.False(Queries.Of("\"abcd\"~").Matches(line.Input));
        Assert.False(Queries.Of("\"\ufffd\"~").Matches(line.Input));
        Assert.True(Queries.Of("/ab\ufffdcd \ufffdx/").Matches(line.Input));
    }

    [Fact]
    public void A_line_end_is_not_part_of_the_line()
    {
        foreach (string end in (string[])["", "\n", "\r\n"])
        {
            Assert.True(Queries.Of("/x$/").Matches(Sample.Of("x" + end).Input));
            Assert.True(Queries.Of("/^x$/").Matches(Sample.Of("x" + end).Input));
        }
        Assert.True(Queries.Of("\"a\nb\"~").Matches(Sample.Of("a\nb\n").Input));
    }

    [Fact]
    public void Nothing_is_allocated_to_match_an_event()
    {
        Query query = Queries.Of("(timeout OR \"disk full\" OR conn*ion OR ошибка OR \"x\"~i OR status=5* OR /a[bc]+d/) -host:db* path:/var/*.log level:>=debug");
        var sample = new Sample(Encoding.UTF8.GetBytes("2026-11-22T09:00:00Z web1 nginx: status=404 connecting to ошибки, a line of the usual length\n"), "web1", "nginx", "a", "/var/log/x.log", 1, Severity.Info);
        for (int i = 0; i < 1000; i++)
            query.Matches(sample.Input);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            query.Matches(sample.Input);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData("a*a*a*a*a*b")]
    [InlineData("*a*a*b*c")]
    [InlineData("/(a+)+$b/")]
    [InlineData("x=*a*a*a*b")]
    [InlineData("a*b-c")]
    public void A_line_eight_times_as_long_costs_about_eight_times_as_much(string text)
    {
        Query query = Queries.Of(text);
        const int times = 8;
        TimeSpan part = LeastTime(query, Limits.EventBytesMax / times), whole = LeastTime(query, Limits.EventBytesMax);
        // The square would be 64 times as much.
        Assert.True(whole < (part * 3 * times) + TimeSpan.FromMilliseconds(1), $"{text} took {whole} for a line of which an eighth took {part}");
    }

    /// <summary>The least of many, so that other work on the machine does not count.</summary>
    private static TimeSpan LeastTime(Query query, int length)
    {
        Sample line = Sample.Of("x=" + new string('a', length));
        TimeSpan least = TimeSpan.MaxValue;
        for (int i = 0; i < 20; i++)
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            Assert.False(query.Matches(line.Input));
            least = watch.Elapsed < least ? watch.Elapsed : least;
        }
        return least;
    }

    [Fact]
    public void What_is_required_is_known_and_the_most_telling_comes_first()
    {
        Assert.Equal(["\\btimeout\\b (any case)", "Disk", "\\ba\\b (any case)"], Queries.Of("a timeout \"Disk\"~ -not (x OR y) host:b").Required.Select(probe => probe.ToString()));
        Assert.Equal(["status: "], Queries.Of("/status: [45]\\d+/").Required.Select(probe => probe.Text));
        Assert.Equal(["\\bcon (any case)", "ion\\b (any case)"], Queries.Of("con*ion").Required.Select(probe => probe.ToString()));
        Assert.Empty(Queries.Of("a OR b").Required);
        Assert.Empty(Queries.Of("/a|b/").Required);
        Assert.Empty(Queries.Of("/abc/i").Required);
    }
}
