using System.Text;
using FsCheck.Xunit;

namespace Tailer.Blocks.Tests.Codec;

/// <summary>The tokenizer, which looks at 64 bytes at once, against the page's rules byte by byte.</summary>
public sealed class LineTokenizerTests
{
    private const string Bricks = "0 1 9 42 007 a z F beef cafe1 x = == \" \": \":\" \": \" 0x 0X1f _ - . / @ [ ] { } : , \n \r\n é \0 12a a12 1b2c3d4e g1h2i3j4";

    [Theory]
    [InlineData("took 15 ms", "15:0")]
    [InlineData("a1 1a", "1:0 1:0")]
    [InlineData("beef 1eef cafe1 abc1x", "1eef:1 cafe1:1 1:0")]
    [InlineData("a1b2c3 g1h2i3 g1h2i3j4", "a1b2c3:1 1:0 2:0 3:0 g1h2i3j4:1")]
    [InlineData("0x1f 0XG 0x x0x12", "1f:1 G:1 0:0 12:1")]
    [InlineData("user=ana n=5 e= p=/x q=a/b-c.d@e_f,g", "ana:1 5:0 a/b-c.d@e_f:1")]
    [InlineData("{\"a\":\"b\",\"c\": \"d7\",\"e\":  \"f\",\"g\":9}", "b:1 d7:1 9:0")]
    [InlineData("\":\":\"abc \":\"abc", "abc:1")]
    [InlineData("12:30:01.5", "12:0 30:0 01:0 5:0")]
    [InlineData("é5é", "5:0")]
    public void Variables_are_what_the_page_says(string line, string expected)
    {
        byte[] text = Encoding.Latin1.GetBytes(line);
        Assert.Equal(expected, string.Join(' ', Fast(text, 0, text.Length).Select(v => Encoding.Latin1.GetString(text[v.Start..v.End]) + ":" + (int)v.Class)));
    }

    [Property(MaxTest = 3000)]
    public void Any_mix_of_bricks_is_cut_as_slowly(int seed)
    {
        var random = new Random(seed);
        string[] bricks = Bricks.Split(' ');
        var text = new StringBuilder();
        for (int n = random.Next(60); n >= 0; n--)
            text.Append(random.Next(3) == 0 ? " " : bricks[random.Next(bricks.Length)]);
        if (random.Next(5) == 0)
            text.Insert(random.Next(text.Length), new string("7ag="[random.Next(4)], random.Next(250, 258)));
        CheckAt(random, Encoding.Latin1.GetBytes(text.ToString()));
    }

    [Property(MaxTest = 40)]
    public void Awkward_lines_are_cut_as_slowly(int seed)
    {
        var random = new Random(seed);
        foreach (EventRow row in new AwkwardLines(random).Rows(50))
            CheckAt(random, row.Bytes);
    }

    [Fact]
    public void Every_length_and_place_in_a_vector_is_cut_as_slowly()
    {
        byte[] pattern = "ab12 x=y9 0x3f \"k\":\"v\" 4444 "u8.ToArray();
        for (int start = 0; start < 65; start += 4)
        {
            for (int length = 0; length < 200; length++)
            {
                byte[] line = [.. Enumerable.Range(0, length).Select(i => pattern[i % pattern.Length])];
                Check(line, start);
            }
        }
    }

    [Fact]
    public void A_line_has_250_variables_and_no_more()
    {
        byte[] line = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("1 ", 248)) + "g1h2i3 9");
        Assert.Equal(LineTokenizer.SlotsMax, Fast(line, 0, line.Length).Length);
        Check(line, 3);
    }

    private static void CheckAt(Random random, byte[] line) => Check(line, random.Next(70));

    /// <summary>Around the line is what would be variables, which it must not see.</summary>
    private static void Check(byte[] line, int start)
    {
        byte[] text = [.. Enumerable.Repeat((byte)'7', start), .. line, .. Enumerable.Repeat((byte)'7', BlockEvents.TextSlackBytes)];
        Variable[] fast = Fast(text, start, start + line.Length);
        Variable[] slow = [.. Slow(line).Select(v => new Variable(v.Start + start, v.End + start, v.Class))];
        Assert.True(slow.SequenceEqual(fast), $"at {start}: {Convert.ToHexString(line)}: {string.Join(' ', slow)} but {string.Join(' ', fast)}");
    }

    private static Variable[] Fast(byte[] text, int start, int end)
    {
        var tokenizer = new LineTokenizer();
        byte[] withSlack = [.. text, .. new byte[BlockEvents.TextSlackBytes]];
        tokenizer.Read(withSlack, start, end);
        var found = new Variable[tokenizer.Count];
        for (int i = 0; i < found.Length; i++)
            found[i] = new Variable(tokenizer.Slots[i].Start, tokenizer.Slots[i].End, tokenizer.Slots[i].Kind);
        return found;
    }

    /// <summary>docs/formats/block.md, "Tokenizer 1", token by token.</summary>
    private static IEnumerable<Variable> Slow(byte[] line)
    {
        var found = new List<Variable>();
        int at = 0;
        while (at < line.Length)
        {
            if (IsDigit(line[at]) || IsLetter(line[at]))
            {
                int end = Run(line, at, b => IsDigit(b) || IsLetter(b));
                found.AddRange(OfToken(line, at, end));
                at = end;
                continue;
            }
            int value = AfterSign(line, at);
            if (value < 0)
            {
                at++;
                continue;
            }
            at = value;
            if (at == line.Length || !IsLetter(line[at]))
                continue;
            int stop = Run(line, at, b => IsDigit(b) || IsLetter(b) || "_-./@".Contains((char)b));
            found.Add(new Variable(at, stop, SlotClass.Word));
            at = stop;
        }
        return found.Where(v => v.End - v.Start <= LineTokenizer.SlotBytesMax).Take(LineTokenizer.SlotsMax);
    }

    private static List<Variable> OfToken(byte[] line, int start, int end)
    {
        byte[] token = line[start..end];
        int digits = Array.FindIndex(token, IsDigit);
        if (digits < 0)
            return [];
        var groups = new List<Variable>();
        for (int i = start; i < end; i++)
        {
            if (!IsDigit(line[i]))
                continue;
            int stop = Run(line, i, IsDigit);
            groups.Add(new Variable(i, stop, SlotClass.Digits));
            i = stop;
        }
        bool isShort = token.Length <= LineTokenizer.SlotBytesMax, isNumber = token.All(IsDigit);
        if (!isNumber && isShort && (groups.Count > 3 || (token.Length >= 4 && token.All(b => char.IsAsciiHexDigit((char)b)))))
            return [new Variable(start, end, SlotClass.Word)];
        int rest = token.Length - digits;
        if (rest is > 2 and <= LineTokenizer.SlotBytesMax && token[digits] == '0' && token[digits + 1] is (byte)'x' or (byte)'X')
            return [new Variable(start + digits + 2, end, SlotClass.Word)];
        return groups;
    }

    /// <summary>Behind an equals sign, or <c>":"</c>; -1 where there is none.</summary>
    private static int AfterSign(byte[] line, int at)
    {
        string rest = Encoding.Latin1.GetString(line, at, Math.Min(4, line.Length - at));
        return rest.StartsWith('=') ? at + 1 : rest.StartsWith("\":\"", StringComparison.Ordinal) ? at + 3 : rest.StartsWith("\": \"", StringComparison.Ordinal) ? at + 4 : -1;
    }

    private static int Run(byte[] line, int at, Predicate<byte> of)
    {
        while (at < line.Length && of(line[at]))
            at++;
        return at;
    }

    private static bool IsDigit(byte b) => char.IsAsciiDigit((char)b);

    private static bool IsLetter(byte b) => char.IsAsciiLetter((char)b);

    private readonly record struct Variable(int Start, int End, SlotClass Class);
}
