using System.Text;
using Tailer.Blocks;

namespace Tailer.Agent.Tests;

public sealed class ViewFinderTests
{
    [Theory]
    [InlineData("2026-11-22T09:00:00.123456789Z stdout F hello\n", SourceView.Cri)]
    [InlineData("2026-11-22T09:00:00.123456789+01:00 stderr P hel\n", SourceView.Cri)]
    [InlineData("2026-11-22T09:00:00.123456789Z stdout Fine\n", SourceView.Utf8)]
    [InlineData("2026-11-22T09:00:00Z INFO started\n", SourceView.Utf8)]
    [InlineData("{\"log\":\"hello\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-22T09:00:00Z\"}\n", SourceView.DockerJson)]
    [InlineData("{\"level\":\"info\"}\n", SourceView.Utf8)]
    [InlineData("\n", SourceView.Utf8)]
    [InlineData("plain\n", SourceView.Utf8)]
    public void The_first_line_tells_and_no_earlier_byte_tells_otherwise(string text, SourceView expected)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Assert.Equal(expected, ViewFinder.Find(bytes, isFinal: false));
        for (int length = 0; length < bytes.Length; length++)
        {
            SourceView? early = ViewFinder.Find(bytes.AsSpan(0, length), isFinal: false);
            Assert.True(early is null || early == expected, $"{length}: {early}");
            Assert.NotNull(ViewFinder.Find(bytes.AsSpan(0, length), isFinal: true));
        }
    }

    [Fact]
    public void A_byte_order_mark_tells_and_half_of_one_does_not()
    {
        Assert.Equal(SourceView.Utf16Le, ViewFinder.Find([0xFF, 0xFE], isFinal: false));
        Assert.Equal(SourceView.Utf16Be, ViewFinder.Find([0xFE, 0xFF, 0, 1], isFinal: false));
        Assert.Null(ViewFinder.Find([0xFF], isFinal: false));
        Assert.Null(ViewFinder.Find([0xFE], isFinal: false));
        Assert.Equal(SourceView.Utf8, ViewFinder.Find([0xFF], isFinal: true));
        Assert.Equal(SourceView.Utf8, ViewFinder.Find([0xEF, 0xBB, 0xBF], isFinal: false));
    }
}
