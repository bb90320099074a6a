using System.Text;

namespace Tailer.Queries;

/// <summary>Finds text that a regular expression cannot match without. It gives up early: less text is never wrong.</summary>
public static class RegexLiteral
{
    /// <summary>The longest run of plain characters outside all groups; null when there is none to rely on.</summary>
    public static string? LongestRequired(string pattern)
    {
        // Inline options change what plain characters mean, classes minus classes nest, and an alternative outside groups
        // makes every part optional.
        if (HasOptions(pattern) || pattern.Contains("-[", StringComparison.Ordinal) || HasOuterAlternative(pattern))
            return null;
        string longest = "";
        var run = new StringBuilder();
        int at = 0;
        while (at < pattern.Length)
        {
            if (TryPlain(pattern, ref at, out char plain))
            {
                if (!IsOptional(pattern, at))
                    run.Append(plain);
                if (at < pattern.Length && pattern[at] is '+' or '?' or '*' or '{')
                    EndRun();
                continue;
            }
            EndRun();
            at = SkipOther(pattern, at);
        }
        EndRun();
        return longest.Length > 0 ? longest : null;

        void EndRun()
        {
            longest = run.Length > longest.Length ? run.ToString() : longest;
            run.Clear();
        }
    }

    private static bool TryPlain(string pattern, ref int at, out char plain)
    {
        plain = pattern[at];
        if (plain == '\\')
        {
            if (at + 1 >= pattern.Length || !char.IsAscii(pattern[at + 1]) || char.IsAsciiLetterOrDigit(pattern[at + 1]))
                return false;
            plain = pattern[at + 1];
            at += 2;
            return true;
        }
        // Surrogates are left out so that a quantifier never splits a pair; U+FFFD also stands for bytes that are no UTF-8.
        if (plain is '(' or ')' or '[' or ']' or '{' or '}' or '.' or '^' or '$' or '|' or '*' or '+' or '?' or '\uFFFD' || char.IsSurrogate(plain))
            return false;
        at++;
        return true;
    }

    private static bool IsOptional(string pattern, int at) => at < pattern.Length && pattern[at] is '?' or '*' or '{';

    private static int SkipOther(string pattern, int at) => pattern[at] switch
    {
        '[' => SkipClass(pattern, at),
        '(' => SkipGroup(pattern, at),
        '{' => pattern.IndexOf('}', at) is >= 0 and int close ? close + 1 : at + 1,
        '\\' => SkipEscape(pattern, at),
        _ => at + 1,
    };

    /// <summary>Escapes with an argument are skipped with it, so that it does not look like plain text.</summary>
    private static int SkipEscape(string pattern, int at)
    {
        if (at + 1 >= pattern.Length)
            return pattern.Length;
        int end = pattern[at + 1] switch
        {
            'p' or 'P' or 'k' => pattern.AsSpan(at).IndexOfAny('}', '>') is >= 0 and int close ? at + close + 1 : pattern.Length,
            'x' => at + 4,
            'u' => at + 6,
            'c' => at + 3,
            >= '0' and <= '9' => at + 2 + CountDigits(pattern, at + 2),
            _ => at + 2,
        };
        return Math.Min(end, pattern.Length);
    }

    private static int CountDigits(string pattern, int at)
    {
        int digits = 0;
        while (at + digits < pattern.Length && char.IsAsciiDigit(pattern[at + digits]))
            digits++;
        return digits;
    }

    /// <summary>A ] that comes first is a character of the class.</summary>
    private static int SkipClass(string pattern, int at)
    {
        at += at + 1 < pattern.Length && pattern[at + 1] == '^' ? 2 : 1;
        for (bool first = true; at < pattern.Length; at++, first = false)
        {
            if (pattern[at] == ']' && !first)
                return at + 1;
            if (pattern[at] == '\\')
                at++;
        }
        return pattern.Length;
    }

    private static int SkipGroup(string pattern, int at)
    {
        int depth = 0;
        while (at < pattern.Length)
        {
            char c = pattern[at];
            if (c == '[')
            {
                at = SkipClass(pattern, at);
                continue;
            }
            if (c == '(')
                depth++;
            if (c == ')' && --depth == 0)
                return at + 1;
            at += c == '\\' ? 2 : 1;
        }
        return pattern.Length;
    }

    private static bool HasOptions(string pattern)
    {
        for (int at = pattern.IndexOf("(?", StringComparison.Ordinal); at >= 0; at = pattern.IndexOf("(?", at + 1, StringComparison.Ordinal))
        {
            if (at + 2 < pattern.Length && pattern[at + 2] != ':')
                return true;
        }
        return false;
    }

    private static bool HasOuterAlternative(string pattern)
    {
        int at = 0;
        while (at < pattern.Length)
        {
            if (pattern[at] == '|')
                return true;
            at = pattern[at] switch
            {
                '[' => SkipClass(pattern, at),
                '(' => SkipGroup(pattern, at),
                '\\' => at + 2,
                _ => at + 1,
            };
        }
        return false;
    }
}
