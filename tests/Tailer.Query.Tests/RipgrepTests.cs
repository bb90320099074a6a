using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Tailer.Queries.Tests;

/// <summary>Terms mean what <c>rg -i -w -F</c> means. Where ripgrep is not installed there is nothing to compare with.</summary>
public sealed class RipgrepTests
{
    private static readonly string[] Pieces =
        ["foo", "Foo", "FOO", "foobar", "bar", "_", "7", "é", "É", "straße", "ΣΑΣ", "σας", "жук", "ЖУК", "水", "\u0301", "\u200d", "Ⅷ", "‿", "٣", "²", " ", "-", ".", ":", "/", "😀", "\u00a0"];

    private static readonly string[] Terms = ["foo", "bar", "foobar", "7", "é", "straße", "σας", "жук", "水", "foo.bar", "foo bar", "7:foo", "ⅷ", "٣"];

    [Fact]
    public void Terms_match_the_lines_that_ripgrep_matches()
    {
        if (!File.Exists("/usr/bin/rg"))
            return;
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
                int[] theirs = Ripgrep(term, file);
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

    private static int[] Ripgrep(string term, string file)
    {
        var start = new ProcessStartInfo("/usr/bin/rg", ["--no-config", "-i", "-w", "-F", "-n", "--text", "--", term, file]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line.AsSpan(0, line.IndexOf(':', StringComparison.Ordinal)), NumberStyles.None, CultureInfo.InvariantCulture))];
    }
}
