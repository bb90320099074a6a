using System.Globalization;
using System.Text;
using Tailer.Testing;

namespace Tailer.Queries.Tests;

/// <summary>Terms mean what <c>rg -i -w -F</c> means.</summary>
public sealed class RipgrepTests
{
    private static readonly string[] Pieces =
        ["foo", "Foo", "FOO", "foobar", "bar", "_", "7", "é", "É", "straße", "ΣΑΣ", "σας", "жук", "ЖУК", "水", "\u0301", "\u200d", "Ⅷ", "‿", "٣", "²", " ", "-", ".", ":", "/", "😀", "\u00a0"];

    private static readonly string[] Terms = ["foo", "bar", "foobar", "7", "é", "straße", "σας", "жук", "水", "foo.bar", "foo bar", "7:foo", "ⅷ", "٣"];

    [Fact]
    public void Terms_match_the_lines_that_ripgrep_matches()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        string[] lines = [.. Terms, .. Enumerable.Range(0, 10_000).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 7)).Select(_ => Pieces[random.Next(Pieces.Length)])))];
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(file, lines, new UTF8Encoding(false));
            foreach (string term in Terms)
            {
                Query query = Queries.Of($"\"{term}\"");
                int[] ours = [.. Enumerable.Range(1, lines.Length).Where(i => query.Matches(Sample.Of(lines[i - 1]).Input))];
                int[] theirs = FoundByRipgrep(term, file);
                Assert.True(ours.SequenceEqual(theirs), $"seed {seed}, {term}: only here {Show(ours.Except(theirs))}; only ripgrep {Show(theirs.Except(ours))}");
                Assert.NotEmpty(ours);
            }
        }
        finally
        {
            File.Delete(file);
        }

        string Show(IEnumerable<int> numbers) => string.Join(" | ", numbers.Take(5).Select(i => lines[i - 1]));
    }

    private static int[] FoundByRipgrep(string term, string file)
    {
        string output = Encoding.UTF8.GetString(Ripgrep.Run("-i", "-w", "-F", "-n", "--text", "--", term, file));
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line.AsSpan(0, line.IndexOf(':', StringComparison.Ordinal)), NumberStyles.None, CultureInfo.InvariantCulture))];
    }
}
