using System.Text;
using FsCheck.Xunit;

namespace Tailer.Blocks.Tests.Codec;

/// <summary>What is taken from a line before that differs in digits only must be what cutting the line gives.</summary>
public sealed class LineShapesTests
{
    private static readonly string[] Bricks =
    [
        "user ", " took ", " ms", ": ", "0x1f ", "0x", "5x10 ", "0X0a", "x", "deadbeef01 ", "a1b2c3d4e5 ", "sda1 ", "eth0.", "key=", "key=ab-12 ", "\"k\":\"v1\" ", "\"", "=", "2026-11-22 ", "10.0.0.7:80 ",
        "0", "12", "345678901234567890 ", "é1", "blk_-42", new string('8', 63), new string('8', 64) + "a", new string('9', 130), new string('q', 61), " " + new string('z', 255) + "1 ", new string('7', 256) + "g", "b" + new string('1', 62), string.Concat(Enumerable.Repeat("1 ", 130)),
    ];

    [Property(MaxTest = 1000)]
    public void A_line_of_a_known_shape_has_the_template_and_the_variables_of_one_that_is_cut(int seed)
    {
        var random = new Random(seed);
        string[] forms = [.. Enumerable.Range(0, random.Next(1, 8)).Select(_ => string.Concat(Enumerable.Range(0, random.Next(9)).Select(_ => Bricks[random.Next(Bricks.Length)])))];
        Check([.. Enumerable.Range(0, 200).Select(_ => Changed(forms[random.Next(forms.Length)], random))], random);
    }

    [Fact]
    public void Most_lines_of_a_log_are_of_a_known_shape()
    {
        var random = new Random(1);
        Assert.Equal(999, Check([.. Enumerable.Range(0, 1000).Select(_ => $"GET /a/{random.Next(1000, 9999)} from 10.0.0.{random.Next(100, 200)} in 0x{random.Next(10, 99)} ms")], random: null));
    }

    [Fact]
    public void A_line_too_long_to_be_remembered_is_cut()
    {
        string line = string.Concat(Enumerable.Repeat("seventeen bytes 1 ", 200));
        Assert.Equal(0, Check([line, line, line], random: null));
    }

    /// <summary>Other digits, sometimes other letters, sometimes one byte more or less.</summary>
    private static string Changed(string form, Random random)
    {
        StringBuilder line = new(form);
        for (int i = 0; i < line.Length; i++)
        {
            if (char.IsAsciiDigit(line[i]) && random.Next(3) > 0)
                line[i] = (char)('0' + (random.Next(3) == 0 ? 0 : random.Next(10)));
            else if (random.Next(200) == 0)
                line[i] = "x7= \"f"[random.Next(6)];
        }
        if (random.Next(20) == 0 && line.Length > 0)
            line.Remove(random.Next(line.Length), 1);
        return line.ToString();
    }

    /// <summary>Gives how many were of a known shape.</summary>
    private static int Check(string[] lines, Random? random)
    {
        byte[][] bytes = [.. lines.Select(Encoding.UTF8.GetBytes)];
        byte[] text = [.. bytes.SelectMany(b => b), .. new byte[BlockEvents.TextSlackBytes]];
        var (cut, repeated) = (new LineTokenizer(), new LineTokenizer());
        var (cutTemplates, templates, shapes) = (new TemplateTable(), new TemplateTable(), new LineShapes());
        int start = 0, known = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            int first = cut.Count, end = start + bytes[i].Length;
            int flags = random?.Next(10) == 0 ? 1 : 0;
            cut.Read(text, start, end);
            int expected = cutTemplates.IdOf(text, cut.Slots, Line(first, cut.Count));
            if (shapes.TryRepeat(text, start, end, flags, repeated, out int template))
                known++;
            else
            {
                repeated.Read(text, start, end);
                template = templates.IdOf(text, repeated.Slots, Line(first, repeated.Count));
                shapes.Keep(text, repeated.Slots.AsSpan(first, repeated.Count - first), first, template);
            }
            Assert.Equal((lines[i], expected), (lines[i], template));
            Assert.Equal(cut.Slots[first..cut.Count], repeated.Slots[first..repeated.Count]);
            start = end;

            TemplateTable.Template Line(int from, int to) => new(0, end - bytes[i].Length, end, from, (byte)(to - from), 0, (byte)flags);
        }
        return known;
    }
}
