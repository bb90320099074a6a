using System.Text;
using Tailer.Blocks;

namespace Tailer.Agent.Tests;

public sealed class Utf16LinesTests
{
    // U+0A0A and U+0A00 hold the byte 0A in either half; U+1F600 is a surrogate pair.
    private const string Text = "\uFEFFone\r\n\n\u0A0A\u0A00\u000Atwo \U0001F600\n\u000Dlast";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void However_a_file_grows_its_lines_end_at_units_of_its_own(bool bigEndian)
    {
        Encoding encoding = bigEndian ? Encoding.BigEndianUnicode : Encoding.Unicode;
        byte[] all = encoding.GetBytes(Text);
        string[] expected = ["\uFEFFone\r\n", "\n", "\u0A0A\u0A00\n", "two \U0001F600\n", "\u000Dlast"];
        for (int a = 0; a <= all.Length; a++)
        {
            for (int b = a; b <= all.Length; b++)
                Assert.Equal(expected, Split([all[..a], all[a..b], all[b..]], bigEndian).Select(encoding.GetString));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_long_line_is_cut_in_parts_that_keep_units_and_pairs_together(bool bigEndian)
    {
        Encoding encoding = bigEndian ? Encoding.BigEndianUnicode : Encoding.Unicode;
        for (int before = 0; before < 3; before++)
        {
            string line = new string('x', before) + string.Concat(Enumerable.Repeat("\U0001F600", 50_000)) + "\n";
            byte[] bytes = encoding.GetBytes(line);
            List<byte[]> parts = Split([bytes], bigEndian);
            Assert.Equal(bytes, parts.SelectMany(p => p));
            Assert.All(parts, part =>
            {
                Assert.InRange(part.Length, 1, Limits.EventBytesMax);
                Assert.DoesNotContain('\uFFFD', encoding.GetString(part));
            });
        }
    }

    [Fact]
    public void Bytes_that_begin_in_the_middle_of_a_unit_are_aligned_by_their_position()
    {
        byte[] rest = [0x00, .. Encoding.Unicode.GetBytes("a\nb")];
        Assert.True(Utf16Lines.TryNext(rest, position: 7, bigEndian: false, out int length, out bool isPart));
        Assert.Equal((5, false), (length, isPart));
        Assert.Equal(6, Utf16Lines.WholeUnits(rest.AsSpan(0, 6), 8, bigEndian: false));
        Assert.Equal(5, Utf16Lines.WholeUnits(rest.AsSpan(0, 6), 7, bigEndian: false));
        Assert.Equal(0, Utf16Lines.WholeUnits(rest.AsSpan(0, 1), 8, bigEndian: false));
    }

    private static List<byte[]> Split(byte[][] pieces, bool bigEndian)
    {
        var found = new List<byte[]>();
        ulong position = 0;
        byte[] rest = [];
        foreach (byte[] piece in pieces)
        {
            rest = [.. rest, .. piece];
            while (Utf16Lines.TryNext(rest, position, bigEndian, out int length, out _))
            {
                found.Add(rest[..length]);
                rest = rest[length..];
                position += (ulong)length;
            }
        }
        if (rest.Length > 0)
            found.Add(rest);
        return found;
    }
}
