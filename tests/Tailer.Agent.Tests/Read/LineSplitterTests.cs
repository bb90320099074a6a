using Tailer.Blocks;

namespace Tailer.Agent.Tests;

public sealed class LineSplitterTests
{
    [Fact]
    public void However_a_file_grows_its_lines_come_out_the_same()
    {
        byte[] all = "one\n\r\n\ntwo\r\nx\nlast"u8.ToArray();
        string[] whole = Split([all]);
        for (int a = 0; a <= all.Length; a++)
        {
            for (int b = a; b <= all.Length; b++)
                Assert.Equal(whole, Split([all[..a], all[a..b], all[b..]]));
        }
    }

    [Theory]
    [InlineData(Limits.EventBytesMax - 1, new[] { Limits.EventBytesMax })]
    [InlineData(Limits.EventBytesMax, new[] { Limits.EventBytesMax, 1 })]
    [InlineData(Limits.EventBytesMax + 1, new[] { Limits.EventBytesMax, 2 })]
    [InlineData(3 * Limits.EventBytesMax, new[] { Limits.EventBytesMax, Limits.EventBytesMax, Limits.EventBytesMax, 1 })]
    public void A_long_line_is_cut_at_64_KiB(int lineBytes, int[] expected)
    {
        byte[] line = [.. Enumerable.Repeat((byte)'x', lineBytes), (byte)'\n'];
        Assert.Equal(expected, Split([line]).Select(s => s.Length));
    }

    [Fact]
    public void A_line_end_is_found_wherever_it_is_among_as_many_bytes()
    {
        for (int bytes = 1; bytes <= 200; bytes++)
        {
            for (int end = 0; end < bytes; end++)
            {
                byte[] text = [.. Enumerable.Repeat((byte)'x', bytes)];
                text[end] = text[^1] = (byte)'\n';
                Assert.True(LineSplitter.TryNext(text, out int length, out bool isPart) && !isPart && length == end + 1, $"{end} of {bytes}: {length}");
                Assert.False(LineSplitter.TryNext(text.AsSpan(0, end), out _, out _));
            }
        }
    }

    private static string[] Split(byte[][] pieces)
    {
        var found = new List<string>();
        byte[] rest = [];
        foreach (byte[] piece in pieces)
        {
            rest = [.. rest, .. piece];
            while (LineSplitter.TryNext(rest, out int length, out _))
            {
                found.Add(System.Text.Encoding.Latin1.GetString(rest, 0, length));
                rest = rest[length..];
            }
        }
        return rest.Length == 0 ? [.. found] : [.. found, System.Text.Encoding.Latin1.GetString(rest)];
    }
}
