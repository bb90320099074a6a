using System.Text;
using Tailer.Blocks;

namespace Tailer.Agent.Tests;

public sealed class LineParserTests
{
    private static readonly ulong Now = LogTime.From(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("2015-10-18 18:01:47,978 INFO [main] org.apache.X: Created", Severity.Info, "", 0u)]
    [InlineData("2015-07-29 19:04:29,071 - WARN  [SendWorker:188978561024:Q] - x", Severity.Warning, "", 0u)]
    [InlineData("[Sun Dec 04 04:47:44 2005] [error] mod_jk child", Severity.Error, "", 0u)]
    [InlineData("[Sun Dec 04 04:47:44 2005] [notice] jk2_init() error state", Severity.Notice, "", 0u)]
    [InlineData("Jun 14 15:16:01 combo sshd(pam_unix)[19939]: authentication failure; error", Severity.Unknown, "sshd(pam_unix)", 19939u)]
    [InlineData("Dec 10 06:55:46 LabSZ sshd[24200]: error: x", Severity.Error, "sshd", 24200u)]
    [InlineData("Jun 14 15:16:01 combo kernel: x", Severity.Unknown, "kernel", 0u)]
    [InlineData("2026-11-22T09:00:00.123456+00:00 host cron[77]: x", Severity.Unknown, "cron", 77u)]
    [InlineData("<34>Nov 22 09:00:00 host su[9]: x", Severity.Critical, "su", 9u)]
    [InlineData("<165>1 2026-11-22T09:00:00.003Z host evntslog 12 ID47 - x", Severity.Notice, "evntslog", 12u)]
    [InlineData("<165>1 2026-11-22T09:00:00.003Z host - - ID47 - ERROR", Severity.Notice, "", 0u)]
    [InlineData("E1122 09:00:00.123456   7 main.cc:9] x", Severity.Error, "", 0u)]
    [InlineData("081109 203615 148 INFO dfs.DataNode$PacketResponder: x", Severity.Info, "", 0u)]
    [InlineData("time=\"2026-11-22T09:00:00Z\" level=warning msg=x", Severity.Warning, "", 0u)]
    [InlineData("{\"level\":\"error\",\"ts\":1763802000.25,\"msg\":\"x\"}", Severity.Error, "", 0u)]
    [InlineData("{\"ts\":\"2026-11-22T09:00:00Z\",\"severity\": \"debug\"}", Severity.Debug, "", 0u)]
    [InlineData("INFO  2026-11-22 09:00:00 x", Severity.Info, "", 0u)]
    [InlineData("2026-11-22T09:00:00Z ERROR main: started", Severity.Error, "", 0u)]
    [InlineData("20171223-22:15:29:633|Step|1|android.intent.INFO x", Severity.Unknown, "", 0u)]
    [InlineData("FATAL no time here", Severity.Critical, "", 0u)]
    [InlineData("plain text about an error", Severity.Unknown, "", 0u)]
    public void Severity_application_and_process_are_read(string line, Severity severity, string app, uint pid)
    {
        LineFacts facts = Parser().Read(SourceView.Utf8, Encoding.UTF8.GetBytes(line), Now, Now);
        Assert.Equal((severity, app, pid), (facts.Severity, facts.App ?? "", facts.Pid));
    }

    [Theory]
    [InlineData("2026-11-23T11:59:59Z x", true)]
    [InlineData("2026-11-23T12:00:01Z x", false)]
    [InlineData("1989-12-31T23:59:59Z x", false)]
    [InlineData("1990-01-01T00:00:00Z x", true)]
    public void A_time_out_of_bounds_is_not_believed_and_counted(string line, bool believed)
    {
        var counts = new ParseCounts();
        LineFacts facts = Parser(counts: counts).Read(SourceView.Utf8, Encoding.UTF8.GetBytes(line), Now, Now);
        Assert.Equal(believed, facts.Time != 0);
        Assert.Equal(believed ? 0 : 1, counts.TimesInFuture + counts.TimesBeforeHistory);
    }

    [Theory]
    [InlineData("Jun 14 15:16:01 combo kernel: x", "combo")]
    [InlineData("<34>Nov 22 09:00:00 web-1.example.com su[9]: x", "web-1.example.com")]
    [InlineData("<165>1 2026-11-22T09:00:00.003Z 10.0.0.7 evntslog 12 ID47 - x", "10.0.0.7")]
    [InlineData("2026-11-22T09:00:00.123456+00:00 fe80::1 cron[77]: x", "fe80::1")]
    [InlineData("<165>1 2026-11-22T09:00:00.003Z - evntslog 12 ID47 - x", null)]
    [InlineData("<165>1 2026-11-22T09:00:00.003Z a/b evntslog 12 ID47 - x", null)]
    [InlineData("2026-11-22 09:00:00 INFO main: x", null)]
    [InlineData("no time", null)]
    public void The_host_a_syslog_header_claims_is_taken_where_it_is_asked_for(string line, string? host)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(line);
        Assert.Equal(host, Parser(new ParseOptions { HostFromLine = true }).Read(SourceView.Utf8, bytes, Now, Now).Host);
        Assert.Null(Parser().Read(SourceView.Utf8, bytes, Now, Now).Host);
    }

    [Fact]
    public void A_host_that_the_credential_does_not_allow_is_not_taken_and_counted()
    {
        var counts = new ParseCounts();
        LineParser parser = Parser(new ParseOptions { HostFromLine = true }, counts, host => host.StartsWith("web", StringComparison.Ordinal));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("web-1", parser.Read(SourceView.Utf8, "Nov 22 09:00:00 web-1 su: x"u8, Now, Now).Host);
            Assert.Null(parser.Read(SourceView.Utf8, "Nov 22 09:00:00 db-1 su: x"u8, Now, Now).Host);
        }
        Assert.Equal(3, counts.HostsRefused);
    }

    [Fact]
    public void What_could_not_be_read_is_counted_by_its_reason()
    {
        var counts = new ParseCounts();
        LineParser parser = Parser(counts: counts);
        foreach (string line in (string[])["no time", "2026-02-30 10:00:00 x", "2026-11-22 24:00:00 x", "2026-11-24 00:00:00 x", "1989-01-01 00:00:00 x", "2026-11-22 10:00:00 x", "2026-02-29 10:00:00 x"])
            parser.Read(SourceView.Utf8, Encoding.UTF8.GetBytes(line), Now, Now);
        Assert.Equal((1, 3, 1, 1), (counts.TimesMissing, counts.TimesImpossible, counts.TimesInFuture, counts.TimesBeforeHistory));
    }

    [Fact]
    public void The_same_application_is_the_same_string()
    {
        LineParser parser = Parser();
        byte[] line = "Jun 14 15:16:01 combo kernel: x"u8.ToArray();
        Assert.Same(parser.Read(SourceView.Utf8, line, Now, Now).App, parser.Read(SourceView.Utf8, line, Now, Now).App);
    }

    [Fact]
    public void Reading_a_line_allocates_nothing()
    {
        LineParser parser = Parser();
        byte[] line = "Dec 10 06:55:46 LabSZ sshd[24200]: Invalid user webmaster from 173.234.31.186"u8.ToArray();
        parser.Read(SourceView.Utf8, line, Now, Now);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            parser.Read(SourceView.Utf8, line, Now, Now);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Any_bytes_and_every_length_are_survived()
    {
        byte[] line = "<165>1 2026-11-22T09:00:00.003Z host evntslog[12]: level=\"error\" <34>Nov 22 09:00:00 host su[9]: x"u8.ToArray();
        LineParser parser = Parser();
        for (int from = 0; from < line.Length; from++)
        {
            for (int to = from; to <= line.Length; to++)
                parser.Read(SourceView.Utf8, line.AsSpan(from, to - from), Now, Now);
        }
    }

    private static LineParser Parser(ParseOptions? options = null, ParseCounts? counts = null, Func<string, bool>? mayClaim = null) =>
        new(options ?? new ParseOptions(), new NameCache(), new NameCache(mayClaim), counts ?? new ParseCounts());
}
