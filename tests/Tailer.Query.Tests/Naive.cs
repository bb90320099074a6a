using System.Buffers;
using System.Text;

namespace Tailer.Queries.Tests;

/// <summary>What the language means, written for being obviously right. A character is a code point, or -1 for a byte that is no UTF-8.</summary>
internal static class Naive
{
    public static int[] Decode(ReadOnlySpan<byte> line)
    {
        var characters = new List<int>();
        while (!line.IsEmpty)
        {
            bool valid = Rune.DecodeFromUtf8(line, out Rune rune, out int bytes) == OperationStatus.Done;
            characters.Add(valid ? rune.Value : -1);
            line = line[bytes..];
        }
        return [.. characters];
    }

    public static bool HasSubstring(int[] line, string text, bool ignoreCase)
    {
        int[] wanted = Decode(Encoding.UTF8.GetBytes(text));
        return Enumerable.Range(0, line.Length + 1).Any(at => Equal(line, at, wanted, ignoreCase));
    }

    /// <summary>Some stretch of the line is like the pieces, stars standing for term characters, and cuts no term.</summary>
    public static bool HasText(int[] line, string[] pieces)
    {
        for (int start = 0; start <= line.Length; start++)
        {
            for (int end = start; end <= line.Length; end++)
            {
                bool cuts = (start > 0 && start < line.Length && IsTerm(line[start - 1]) && IsTerm(line[start]))
                    || (end > 0 && end < line.Length && IsTerm(line[end - 1]) && IsTerm(line[end]));
                if (!cuts && Like(line[start..end], pieces, true, IsTerm))
                    return true;
            }
        }
        return false;
    }

    public static bool IsLike(int[] value, string[] pieces, bool ignoreCase) => Like(value, pieces, ignoreCase, _ => true);

    public static bool HasPair(byte[] line, string key, string[] pieces)
    {
        string text = Encoding.Latin1.GetString(line);
        for (int start = 0; start + key.Length <= text.Length; start++)
        {
            int at = start + key.Length;
            if (!text.AsSpan(start, key.Length).Equals(key, StringComparison.OrdinalIgnoreCase) || (start > 0 && IsTerm(Decode(line.AsSpan(0, start))[^1])))
                continue;
            at += Quote(text, at).Length;
            at = Blanks(text, at);
            if (at == text.Length || text[at] is not ('=' or ':'))
                continue;
            at = Blanks(text, at + 1);
            string quote = Quote(text, at);
            at += quote.Length;
            if (ValueEnds(text, at, quote, pieces.Length == 1).Any(end => IsLike(Decode(line.AsSpan(at, end - at)), pieces, true)))
                return true;
        }
        return false;
    }

    private static IEnumerable<int> ValueEnds(string text, int at, string quote, bool literal)
    {
        const string separators = " \t\r\n,;&)]}>\"'";
        if (quote.Length > 0)
        {
            for (int end = at; end < text.Length; end++)
            {
                bool escaped = quote.Length == 1 && (text[at..end].Length - text[at..end].TrimEnd('\\').Length) % 2 == 1;
                if (string.CompareOrdinal(text, end, quote, 0, quote.Length) != 0 || escaped)
                    continue;
                yield return end;
                yield break;
            }
            yield return text.Length;
            yield break;
        }
        for (int end = at; end <= text.Length; end++)
        {
            if (end < text.Length && !separators.Contains(text[end], StringComparison.Ordinal))
                continue;
            yield return end;
            if (!literal)
                yield break;
        }
    }

    private static string Quote(string text, int at) =>
        at < text.Length && text[at] is '"' or '\'' ? text[at].ToString() : at + 1 < text.Length && text[at..(at + 2)] == "\\\"" ? "\\\"" : "";

    private static int Blanks(string text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t')
            at++;
        return at;
    }

    private static bool Like(int[] value, string[] pieces, bool ignoreCase, Func<int, bool> starCovers)
    {
        int[] first = Decode(Encoding.UTF8.GetBytes(pieces[0]));
        if (!Equal(value, 0, first, ignoreCase))
            return false;
        int[] rest = value[first.Length..];
        if (pieces.Length == 1)
            return rest.Length == 0;
        for (int skip = 0; skip <= rest.Length; skip++)
        {
            if (Like(rest[skip..], pieces[1..], ignoreCase, starCovers))
                return true;
            if (skip < rest.Length && !starCovers(rest[skip]))
                return false;
        }
        return false;
    }

    private static bool Equal(int[] line, int at, int[] wanted, bool ignoreCase)
    {
        if (at + wanted.Length > line.Length)
            return false;
        for (int i = 0; i < wanted.Length; i++)
        {
            int have = line[at + i];
            if (have < 0 || (ignoreCase ? CaseFold.Fold(new Rune(have)) != CaseFold.Fold(new Rune(wanted[i])) : have != wanted[i]))
                return false;
        }
        return true;
    }

    private static bool IsTerm(int character) => character >= 0 && Rune.IsValid(character) && TermChars.Contains(new Rune(character));
}
