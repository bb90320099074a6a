using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Tailer.Blocks;

namespace Tailer.Queries.Tests;

public sealed class LineViewTests
{
    [Theory]
    [InlineData("plain\r\n", "plain")]
    [InlineData("a\\b\n", "a\\b")]
    public void Text_is_read_as_it_is_without_its_line_end(string bytes, string text)
    {
        Assert.Equal(text, Read(SourceView.Utf8, Encoding.UTF8.GetBytes(bytes)));
        Assert.Equal(text, Read(SourceView.Opaque, Encoding.UTF8.GetBytes(bytes)));
    }

    [Fact]
    public void Sixteen_bit_text_is_read_in_both_byte_orders()
    {
        Assert.Equal("né 😀", Read(SourceView.Utf16Le, Encoding.Unicode.GetBytes("\ufeffné 😀\r\n")));
        Assert.Equal("né 😀", Read(SourceView.Utf16Be, Encoding.BigEndianUnicode.GetBytes("\ufeffné 😀\n")));
        Assert.Equal("a\ufffd", Read(SourceView.Utf16Le, [(byte)'a', 0, (byte)'b']));
        Assert.Equal("", Read(SourceView.Utf16Le, []));
    }

    [Theory]
    [InlineData("2026-01-01T00:00:00.1Z stdout F the text here\n", "the text here")]
    [InlineData("2026-01-01T00:00:00.1Z stderr P:x half", "half")]
    [InlineData("2026-01-01T00:00:00.1Z stdout F \n", "")]
    [InlineData("not of that form\n", "not of that form")]
    [InlineData("short\n", "short")]
    public void Container_runtime_lines_are_read_behind_their_head(string bytes, string text) =>
        Assert.Equal(text, Read(SourceView.Cri, Encoding.UTF8.GetBytes(bytes)));

    [Theory]
    [InlineData("{\"log\":\"a \\u003cb\\u003e \\\"c\\\" \\\\ \\ud83d\\ude00\\n\",\"stream\":\"stdout\",\"time\":\"x\"}\n", "a <b> \"c\" \\ 😀")]
    [InlineData("{\"log\":\"\\ud83d x\"}", "\ufffd x")]
    [InlineData("{\"log\":\"cut off \\u00", "cut off \\u00")]
    [InlineData("{\"log\":\"cut off\\", "cut off")]
    [InlineData("{\"msg\":\"other\"}\n", "{\"msg\":\"other\"}")]
    public void Docker_lines_are_read_as_their_text(string bytes, string text) =>
        Assert.Equal(text, Read(SourceView.DockerJson, Encoding.UTF8.GetBytes(bytes)));

    [Fact]
    public void What_a_json_writer_escapes_is_read_back() =>
        Prop.ForAll(Generators.Text(8).ToArbitrary(), text =>
            Assert.Equal(text, Read(SourceView.DockerJson, Encoding.UTF8.GetBytes($"{{\"log\":{JsonSerializer.Serialize(text + "\n")},\"stream\":\"stdout\"}}\n")))).QuickCheckThrowOnFailure();

    private static string Read(SourceView view, byte[] bytes) => Encoding.UTF8.GetString(new LineView().Read(view, bytes));
}
