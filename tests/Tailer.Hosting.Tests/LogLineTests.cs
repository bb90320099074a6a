using Microsoft.Extensions.Logging;

namespace Tailer.Hosting.Tests;

public sealed class LogLineTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 13, 0, 0, 123, TimeSpan.FromHours(1));

    [Fact]
    public void A_record_is_one_line_in_utc() =>
        Assert.Equal("2026-03-01T12:00:00.123Z INF 2001 file opened", LogLine.Format(Noon, LogLevel.Information, 2001, "file opened", null));

    [Fact]
    public void Foreign_text_cannot_forge_a_second_record() =>
        Assert.Equal("2026-03-01T12:00:00.123Z WRN 1 a\\nb[31m", LogLine.Format(Noon, LogLevel.Warning, 1, "a\r\nb\u001b[31m", null));

    [Fact]
    public void An_exception_adds_its_chain_of_messages()
    {
        var e = new InvalidOperationException("outer", new IOException("inner"));
        Assert.Equal(
            "2026-03-01T12:00:00.123Z WRN 7 lost: InvalidOperationException: outer: IOException: inner",
            LogLine.Format(Noon, LogLevel.Warning, 7, "lost", e));
    }
}
