namespace Tailer.Wire;

/// <summary>Names of credentials and patterns over them: <c>*</c> is any run of characters, <c>?</c> any one.</summary>
internal static class NamePattern
{
    public const int NameBytesMax = 128;

    /// <summary>1 to 128 of <c>A-Z a-z 0-9 . - _</c>, so that a name is safe in file names, queries and logs.</summary>
    public static bool IsName(string text) => text.Length is >= 1 and <= NameBytesMax && text.All(IsNameChar);

    /// <summary>As a name, and <c>*</c> and <c>?</c>.</summary>
    public static bool IsPattern(string text) =>
        text.Length is >= 1 and <= NameBytesMax && text.All(c => IsNameChar(c) || c is '*' or '?');

    /// <summary>At most pattern times text steps: only the last star is ever returned to.</summary>
    public static bool Matches(string pattern, string text, bool ignoreCase = false)
    {
        int p = 0, t = 0, star = -1, resume = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = t;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || Same(pattern[p], text[t], ignoreCase)))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++resume;
            }
            else
            {
                return false;
            }
        }
        while (p < pattern.Length && pattern[p] == '*')
            p++;
        return p == pattern.Length;
    }

    private static bool IsNameChar(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_';

    private static bool Same(char a, char b, bool ignoreCase) =>
        a == b || (ignoreCase && char.ToUpperInvariant(a) == char.ToUpperInvariant(b));
}
