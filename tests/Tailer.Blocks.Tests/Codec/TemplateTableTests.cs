using System.Text;
using FsCheck.Xunit;

namespace Tailer.Blocks.Tests.Codec;

public sealed class TemplateTableTests
{
    /// <summary>Pieces differ behind their first eight bytes only, and in nothing the table sketches.</summary>
    [Fact]
    public void Lines_made_to_look_alike_are_still_told_apart()
    {
        string[] lines = [.. Enumerable.Range(0, 500).Select(i => "looks alike " + (char)('a' + i % 20) + (char)('a' + i / 20) + " 17 ms")];
        Check([.. lines, .. lines.Reverse(), .. lines]);
    }

    [Property(MaxTest = 100)]
    public void Ids_are_those_of_a_dictionary(int seed)
    {
        var random = new Random(seed);
        string[] bricks = ["user ", " of a piece of text of exactly sixty-four bytes, or one more here", "a", "took", " ms", ": ", "x=", new string('z', 64), new string('y', 200)];
        var lines = new string[random.Next(1, 400)];
        for (int i = 0; i < lines.Length; i++)
        {
            int seedOfLine = random.Next(60);
            var form = new Random(seedOfLine);
            lines[i] = string.Concat(Enumerable.Range(0, form.Next(12)).Select(_ => bricks[form.Next(bricks.Length)] + (form.Next(2) == 0 ? " " + random.Next(100_000) + "/" : "")));
        }
        Check(lines);
    }

    /// <summary>Two lines have one template when they are the same with every number made one.</summary>
    private static void Check(string[] lines)
    {
        byte[] text = [.. lines.SelectMany(Encoding.ASCII.GetBytes), .. new byte[BlockEvents.TextSlackBytes]];
        var tokenizer = new LineTokenizer();
        var table = new TemplateTable();
        var known = new Dictionary<string, int>();
        int start = 0;
        foreach (string line in lines)
        {
            int first = tokenizer.Count, end = start + line.Length;
            tokenizer.Read(text, start, end);
            var shape = new StringBuilder();
            int at = start;
            for (int s = first; s < tokenizer.Count; s++)
            {
                Slot slot = tokenizer.Slots[s];
                shape.Append(line, at - start, slot.Start - at).Append((char)(1 + (int)slot.Kind));
                at = slot.End;
            }
            shape.Append(line, at - start, end - at);
            known.TryAdd(shape.ToString(), known.Count);
            Assert.Equal(known[shape.ToString()], table.IdOf(text, tokenizer.Slots, new TemplateTable.Template(0, start, end, first, (byte)(tokenizer.Count - first), 6, 0)));
            start = end;
        }
        Assert.Equal(known.Count, table.Count);
    }
}
