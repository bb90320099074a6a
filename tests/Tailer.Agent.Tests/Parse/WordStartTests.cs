using System.Text;

namespace Tailer.Agent.Tests.Parse;

/// <summary>The tables of <see cref="WordStart"/> against the words that are levels.</summary>
public sealed class WordStartTests
{
    private static readonly string[] Levels =
    [
        "info", "error", "emergency", "warning", "wrn", "debug", "dbg", "trace", "trc", "verbose", "notice", "critical", "fatal", "ftl", "finest", "severe", "alert", "panic",
    ];

    private const string Letters = "abcdefghijklmnopqrstuvwxyz";

    [Fact]
    public void Every_level_is_found_wherever_it_stands_in_any_case()
    {
        foreach (string level in Levels)
        {
            for (int place = 0; place < 32; place++)
            {
                foreach (string word in (string[])[level, level.ToUpperInvariant(), char.ToUpperInvariant(level[0]) + level[1..]])
                {
                    byte[] text = new byte[64];
                    Encoding.ASCII.GetBytes(word, text.AsSpan(place));
                    Assert.True((WordStart.At(ref text[0]) >> place & 1) == 1, $"{word} at {place}");
                }
            }
        }
    }

    [Fact]
    public void Any_processor_finds_the_same()
    {
        var random = new Random(7);
        byte[] text = new byte[64];
        for (int i = 0; i < 20_000; i++)
        {
            for (int k = 0; k < text.Length; k++)
                text[k] = (byte)(random.Next(8) == 0 ? random.Next(256) : "ineftwrdbgacvofmslp "[random.Next(20)]);
            Assert.Equal(WordStart.ByHalves(ref text[0]), WordStart.At(ref text[0]));
        }
    }

    [Fact]
    public void Few_other_words_are_taken_for_levels()
    {
        var begins = Levels.Select(level => level[..3]).ToHashSet(StringComparer.Ordinal);
        int others = 0;
        foreach (char a in Letters)
        {
            foreach (char b in Letters)
            {
                foreach (char c in Letters)
                {
                    byte[] text = new byte[64];
                    Encoding.ASCII.GetBytes($"{a}{b}{c}", text);
                    others += (WordStart.At(ref text[0]) & 1) == 1 && !begins.Contains($"{a}{b}{c}") ? 1 : 0;
                }
            }
        }
        Assert.InRange(others, 0, 300);
    }
}
