using System.Buffers;
using System.Text;
using System.Text.Json;
using Tailer.Blocks;
using Tailer.Stores;

namespace Tailer.Archie.Tests;

/// <summary>Small texts: times in requests, steps of histograms, events as JSON.</summary>
public sealed class TextTests
{
    private static readonly ulong Now = LogTime.From(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("now", "2026-03-01T12:00:00.00000000Z")]
    [InlineData("-90s", "2026-03-01T11:58:30.00000000Z")]
    [InlineData("-5m", "2026-03-01T11:55:00.00000000Z")]
    [InlineData("-1h", "2026-03-01T11:00:00.00000000Z")]
    [InlineData("-2d", "2026-02-27T12:00:00.00000000Z")]
    [InlineData("-99999999d", "1970-01-01T00:00:00.00000000Z")]
    [InlineData("2026-03-01T10:00Z", "2026-03-01T10:00:00.00000000Z")]
    [InlineData("2026-03-01T10:00:00.1234567+02:00", "2026-03-01T08:00:00.12345670Z")]
    [InlineData("2026-03-01T10:00:00.12345678Z", "2026-03-01T10:00:00.12345678Z")]
    [InlineData("2026-03-01T10:00:00.123456789Z", "2026-03-01T10:00:00.12345678Z")]
    [InlineData("2026-03-01T10:00:00.5Z", "2026-03-01T10:00:00.50000000Z")]
    public void A_time_is_read(string text, string expected)
    {
        Assert.True(SearchTime.TryParse(text, Now, out ulong time));
        Assert.Equal(expected, SearchTime.Format(time));
    }

    [Theory]
    [InlineData("")]
    [InlineData("12:00")]
    [InlineData("2026-03-01")]
    [InlineData("2026-03-01T12:00:00")]
    [InlineData("2026-13-01T12:00:00Z")]
    [InlineData("2026-03-01T12:00.5Z")]
    [InlineData("-5")]
    [InlineData("-999999999s")]
    [InlineData("5m")]
    public void A_time_that_means_something_else_on_every_machine_is_refused(string text) =>
        Assert.False(SearchTime.TryParse(text, Now, out _));

    [Fact]
    public void A_histogram_never_has_more_slots_than_asked_for()
    {
        for (int slots = 3; slots <= 400; slots += 37)
        {
            for (ulong range = 1; range < 200UL * 365 * LogTime.PerDay; range = (range * 3) + 1)
            {
                ulong step = HistogramSteps.For(range, slots);
                Assert.True(((range / step) + 2) <= (ulong)slots, $"{range} in {slots}: {step}");
                Assert.True(step >= LogTime.PerSecond);
            }
        }
    }

    [Fact]
    public void An_event_keeps_its_shape_whatever_its_bytes_are()
    {
        var found = new FoundEvent
        {
            Source = new SourceId(0xABC),
            Offset = 1UL << 52,
            Bytes = [.. "caf\u00e9 "u8, 0xFF, 0xC3, .. "\"\\\u0001</script>\r\n"u8],
            Time = Now + 12_345_678,
            Host = "web-1",
            Severity = Severity.Error,
            Flags = EventFlags.Continues | EventFlags.TimeInherited,
        };
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, EventJson.Options))
            new EventJson().Write(json, found, "event");
        JsonElement read = JsonDocument.Parse(Encoding.UTF8.GetString(buffer.WrittenSpan)).RootElement;
        Assert.Equal("caf\u00e9 \uFFFD\uFFFD\"\\\u0001</script>", read.GetProperty("text").GetString());
        Assert.Equal(1L << 52, read.GetProperty("offset").GetInt64());
        Assert.Equal("2026-03-01T12:00:00.12345678Z", read.GetProperty("time").GetString());
        Assert.Equal("00000000000000000000000000000abc", read.GetProperty("source").GetString());
        Assert.Equal("error", read.GetProperty("level").GetString());
        Assert.Equal(["continues", "timeInherited"], read.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()));
        Assert.False(read.TryGetProperty("app", out _));
    }
}
