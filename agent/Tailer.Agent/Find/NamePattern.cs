namespace Tailer.Agent;

/// <summary>
/// A pattern for one name of a path: <c>*</c> any characters, <c>?</c> one, <c>[a-z]</c> and <c>[!a-z]</c> one of a set. A
/// leading dot must be matched by a dot, as in shells.
/// </summary>
internal sealed class NamePattern(string pattern)
{
    private readonly string pattern = pattern;

    /// <summary>True when it can match only the name it spells.</summary>
    public bool IsLiteral { get; } = pattern.AsSpan().IndexOfAny('*', '?', '[') < 0;

    public string Text => pattern;

    public bool Matches(ReadOnlySpan<char> name)
    {
        if (IsLiteral)
            return name.SequenceEqual(pattern);
        if (name.StartsWith('.') && !pattern.StartsWith('.'))
            return false;
        return Matches(pattern, name);
    }

    /// <summary>Remembers the last star only: linear in practice, never exponential.</summary>
    private static bool Matches(ReadOnlySpan<char> p, ReadOnlySpan<char> name)
    {
        int pi = 0, ni = 0, starPattern = -1, starName = 0;
        while (ni < name.Length)
        {
            if (pi < p.Length && p[pi] == '*')
            {
                starPattern = ++pi;
                starName = ni;
            }
            else if (pi < p.Length && MatchesOne(p, ref pi, name[ni]))
            {
                ni++;
            }
            else if (starPattern >= 0)
            {
                pi = starPattern;
                ni = ++starName;
            }
            else
            {
                return false;
            }
        }
        return p[pi..].TrimStart('*').IsEmpty;
    }

    private static bool MatchesOne(ReadOnlySpan<char> p, ref int at, char c)
    {
        if (p[at] == '?')
        {
            at++;
            return true;
        }
        int close = p[at] == '[' && at + 2 < p.Length ? p[(at + 2)..].IndexOf(']') : -1;
        if (close < 0)
            return p[at++] == c;
        ReadOnlySpan<char> set = p.Slice(at + 1, close + 1);
        at += close + 3;
        bool negated = set[0] is '!' or '^';
        return InSet(negated ? set[1..] : set, c) != negated;
    }

    private static bool InSet(ReadOnlySpan<char> set, char c)
    {
        for (int i = 0; i < set.Length; i++)
        {
            if (i + 2 < set.Length && set[i + 1] == '-')
            {
                if (c >= set[i] && c <= set[i + 2])
                    return true;
                i += 2;
            }
            else if (set[i] == c)
            {
                return true;
            }
        }
        return false;
    }
}
