namespace Tailer.Queries.Tests;

public sealed class QueryTextTests
{
    [Theory]
    [InlineData("", "*")]
    [InlineData("   ", "*")]
    [InlineData("**", "*")]
    [InlineData("* error", "error")]
    [InlineData("  timeout   error ", "timeout error")]
    [InlineData("a AND b", "a b")]
    [InlineData("a b OR c d", "a b OR c d")]
    [InlineData("(a b) OR (c d)", "a b OR c d")]
    [InlineData("a (b OR c)", "a (b OR c)")]
    [InlineData("((a))", "a")]
    [InlineData("a (b (c d))", "a b c d")]
    [InlineData("a a b", "a b")]
    [InlineData("NOT a", "-a")]
    [InlineData("-(-a)", "a")]
    [InlineData("-(a OR b)", "-(a OR b)")]
    [InlineData("-(a b)", "-(a b)")]
    [InlineData("\"OR\" \"not\" or", "\"OR\" not or")]
    [InlineData("\"disk full\"", "\"disk full\"")]
    [InlineData("\"disk full\"~", "\"disk full\"~")]
    [InlineData("\"Disk\"~i", "\"Disk\"~i")]
    [InlineData("\"say \\\"hi\\\" C:\\dir\"", "\"say \\\"hi\\\" C:\\\\dir\"")]
    [InlineData("HOST:web*", "host:web*")]
    [InlineData("path:\"/var/my logs/\"**.log", "path:\"/var/my logs/\"*.log")]
    [InlineData("host:\"*\"", "host:\"*\"")]
    [InlineData("app:\"\"", "app:\"\"")]
    [InlineData("x=\"\"", "x=\"\"")]
    [InlineData("x=\"a\"~", "x=a~")]
    [InlineData("level:WARN", "level:warning")]
    [InlineData("level:>=warn", "level:>=warning")]
    [InlineData("level:>warn", "level:>=error")]
    [InlineData("level:<=info", "level:<=info")]
    [InlineData("level:<notice", "level:<=info")]
    [InlineData("level:err,warn", "level:error,warning")]
    [InlineData("level:emerg*", "level:emergency")]
    [InlineData("level:>=trace,unknown", "level:*")]
    [InlineData("level:none,fatal", "level:unknown,critical")]
    [InlineData("pid:007", "pid:7")]
    [InlineData("status=500", "status=500")]
    [InlineData("msg=\"a b\"", "msg=\"a b\"")]
    [InlineData("user.id=*", "user.id=*")]
    [InlineData("http://x/y?z=1", "\"http://x/y?z=1\"")]
    [InlineData("12:30:00", "\"12:30:00\"")]
    [InlineData("10.0.0.1", "10.0.0.1")]
    [InlineData("conn*", "conn*")]
    [InlineData("*Exception", "*Exception")]
    [InlineData("/a\\/b\\d+/i", "/a\\/b\\d+/i")]
    public void A_text_has_this_canonical_form(string text, string canonical)
    {
        Assert.Equal(canonical, Queries.Of(text).ToString());
        Assert.Equal(canonical, Queries.Of(canonical).ToString());
    }

    [Theory]
    [InlineData("(a", 0, "no )")]
    [InlineData("a)", 1, "no ( to close")]
    [InlineData("()", 0, "nothing between")]
    [InlineData("a \"b", 2, "no \" to close")]
    [InlineData("\"\"", 0, "nothing between the quotes")]
    [InlineData("a OR", 4, "missing")]
    [InlineData("OR a", 0, "missing")]
    [InlineData("a AND", 5, "missing")]
    [InlineData("AND a", 0, "missing")]
    [InlineData("a OR OR b", 5, "missing")]
    [InlineData("NOT", 3, "missing")]
    [InlineData("(a OR )", 6, "missing")]
    [InlineData("a - b", 2, "before what must not match")]
    [InlineData("--verbose", 0, "before what must not match")]
    [InlineData("-", 0, "before what must not match")]
    [InlineData("/var/log/syslog", 5, "only i may follow")]
    [InlineData("/var", 0, "no / to close")]
    [InlineData("//", 0, "nothing between")]
    [InlineData("/a(/", 0, "not a regular expression")]
    [InlineData("/(?=a)/", 0, "lookaround")]
    [InlineData("/(a{1000}){1000}/", 0, "too much repetition")]
    [InlineData("host:", 5, "a value is missing")]
    [InlineData("x=", 2, "a value is missing")]
    [InlineData("hots:web1", 0, "no field hots")]
    [InlineData("levl:warn", 0, "no field levl")]
    [InlineData("level:loud", 6, "not a level")]
    [InlineData("level:error,loud", 12, "not a level")]
    [InlineData("level:>emergency", 6, "not a level")]
    [InlineData("level:", 6, "not a level")]
    [InlineData("pid:12a", 4, "not a process id")]
    [InlineData("\"a\"~x", 4, "only i may follow the ~")]
    [InlineData("connect(5)", 7, "a ( directly after a word")]
    public void A_text_that_is_no_query_says_where_and_why(string text, int position, string message)
    {
        QueryError? error = Query.Parse(text).Error;
        Assert.NotNull(error);
        Assert.Equal(position, error.Position);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Hint);
    }

    [Fact]
    public void Half_a_character_is_an_error() => Assert.Equal(2, Query.Parse("a \ud800").Error!.Position);

    [Fact]
    public void The_caret_stands_under_the_place()
    {
        QueryError error = Query.Parse("timeout hots:web1").Error!;
        Assert.Equal("timeout hots:web1\n        ^ there is no field hots; did you mean host: ? Quote the whole word to search for it", error.Caret);
    }

    [Fact]
    public void The_caret_stands_under_the_place_of_a_long_text_cut_around_it()
    {
        string text = string.Concat(Enumerable.Repeat("word\t", 60)) + "level:loud " + string.Concat(Enumerable.Repeat("tail ", 60));
        string[] lines = Query.Parse(text).Error!.Caret.Split('\n');
        Assert.Equal(lines[0].IndexOf("loud", StringComparison.Ordinal), lines[1].IndexOf('^', StringComparison.Ordinal));
        Assert.True(lines[0].Length < 110);
        Assert.DoesNotContain('\t', lines[0]);
    }

    [Fact]
    public void Texts_over_a_limit_are_errors()
    {
        Assert.Null(Query.Parse(new string('a', QueryLimits.TextCharsMax)).Error);
        Assert.NotNull(Query.Parse(new string('a', QueryLimits.TextCharsMax + 1)).Error);
        Assert.NotNull(Query.Parse(new string('(', 4000)).Error);
        Assert.NotNull(Query.Parse(string.Concat(Enumerable.Repeat("-(", 2000))).Error);
        Assert.NotNull(Query.Parse(string.Concat(Enumerable.Repeat("NOT ", 1000)) + "a").Error);
        Assert.NotNull(Query.Parse(string.Join(' ', Enumerable.Range(0, QueryLimits.LeavesMax + 1).Select(i => $"t{i}"))).Error);
        Assert.NotNull(Query.Parse(string.Join(' ', Enumerable.Range(0, QueryLimits.RegexesMax + 1).Select(i => $"/{i}/"))).Error);
        Assert.NotNull(Query.Parse(string.Concat(Enumerable.Repeat("a*", QueryLimits.StarsMax + 1))).Error);
        string deepest = new string('(', QueryLimits.DepthMax - 1) + "a" + new string(')', QueryLimits.DepthMax - 1);
        Assert.Equal("a", Queries.Of(deepest).ToString());
    }

    [Fact]
    public void Rights_are_joined_to_a_query_without_changing_what_either_means()
    {
        Query rights = Queries.Of("host:web* OR host:db1");
        Assert.Equal("a (host:web* OR host:db1)", Queries.Of("a").And(rights).ToString());
        Assert.Equal("(a OR b) (host:web* OR host:db1)", Queries.Of("a OR b").And(rights).ToString());
        Assert.Equal(rights, Query.Everything.And(rights));
        Assert.Equal(rights, rights.And(Query.Everything));
        Assert.Equal(rights, rights.And(rights));
        Assert.False(Queries.Of("*").And(rights).Matches(new Sample("x"u8.ToArray(), Host: "mail").Input));
        Assert.False(Queries.Of("a OR *").And(rights).Matches(new Sample("x"u8.ToArray(), Host: "mail").Input));
    }

    [Fact]
    public void Equal_canonical_texts_are_equal_queries()
    {
        Assert.Equal(Queries.Of("a  b"), Queries.Of("a AND b"));
        Assert.Equal(Queries.Of("a  b").GetHashCode(), Queries.Of("a AND b").GetHashCode());
        Assert.NotEqual(Queries.Of("a"), Queries.Of("b"));
        Assert.True(Queries.Of("").MatchesEverything);
        Assert.Same(Query.Everything.ToString(), Query.Everything.ToString());
    }
}
