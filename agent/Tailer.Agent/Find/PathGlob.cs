using System.Text;

namespace Tailer.Agent;

/// <summary>
/// An absolute path pattern: patterns of names (<see cref="NamePattern"/>) between slashes, <c>**</c> for any number of
/// directories, <c>{a,b}</c> for alternatives. A pattern without a slash is about the file's name alone.
/// </summary>
internal sealed class PathGlob
{
    /// <summary>Alternatives multiply; more than this is a mistake.</summary>
    private const int AlternativesMax = 256;

    private PathGlob(string text, IReadOnlyList<NamePattern?> names)
    {
        Text = text;
        Names = names;
    }

    public string Text { get; }

    /// <summary>Patterns from the root down; null stands for <c>**</c>.</summary>
    public IReadOnlyList<NamePattern?> Names { get; }

    /// <summary>One glob for each alternative; <see cref="FormatException"/> tells what is wrong with the pattern.</summary>
    public static IReadOnlyList<PathGlob> Parse(string pattern)
    {
        var expanded = new List<string>();
        Expand(pattern, expanded);
        return [.. expanded.Select(ParseOne)];
    }

    public bool Matches(string path)
    {
        if (Names.Count == 1 && !Text.StartsWith('/'))
            return Names[0]!.Matches(Path.GetFileName(path.AsSpan()));
        return Matches(0, path.AsSpan().TrimStart('/'));
    }

    private bool Matches(int at, ReadOnlySpan<char> rest)
    {
        if (at == Names.Count)
            return rest.IsEmpty;
        if (rest.IsEmpty)
            return false;
        int slash = rest.IndexOf('/');
        ReadOnlySpan<char> name = slash < 0 ? rest : rest[..slash];
        ReadOnlySpan<char> below = slash < 0 ? default : rest[(slash + 1)..];
        if (Names[at] is { } pattern)
            return pattern.Matches(name) && (at + 1 == Names.Count ? slash < 0 : Matches(at + 1, below));
        return Matches(at + 1, rest) || (slash >= 0 && !name.StartsWith('.') && Matches(at, below));
    }

    private static PathGlob ParseOne(string pattern)
    {
        bool isName = !pattern.Contains('/', StringComparison.Ordinal);
        if (!isName && !pattern.StartsWith('/'))
            throw new FormatException($"'{pattern}' is neither an absolute path nor a file name");
        var names = new List<NamePattern?>();
        foreach (string name in pattern.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (name is "." or "..")
                throw new FormatException($"'{pattern}' has '{name}' in it; write the path out");
            if (name != "**")
                names.Add(new NamePattern(name));
            else if (names.Count == 0 || names[^1] is not null)
                names.Add(null);
        }
        if (names.Count > 0 && names[^1] is null)
            names.Add(new NamePattern("*"));
        if (names.Count == 0 || (isName && names.Count > 1))
            throw new FormatException($"'{pattern}' names no file");
        return new PathGlob(pattern, names);
    }

    private static void Expand(string pattern, List<string> into)
    {
        int open = pattern.IndexOf('{', StringComparison.Ordinal);
        int close = open < 0 ? -1 : ClosingBrace(pattern, open);
        if (close < 0)
        {
            if (into.Count == AlternativesMax)
                throw new FormatException($"the pattern stands for more than {AlternativesMax} alternatives");
            into.Add(pattern);
            return;
        }
        foreach (string alternative in Alternatives(pattern[(open + 1)..close]))
            Expand(string.Concat(pattern.AsSpan(0, open), alternative, pattern.AsSpan(close + 1)), into);
    }

    private static int ClosingBrace(string pattern, int open)
    {
        int depth = 0;
        for (int i = open; i < pattern.Length; i++)
        {
            depth += pattern[i] == '{' ? 1 : pattern[i] == '}' ? -1 : 0;
            if (depth == 0)
                return i;
        }
        return -1;
    }

    private static List<string> Alternatives(string inside)
    {
        var found = new List<string>();
        var current = new StringBuilder();
        int depth = 0;
        foreach (char c in inside)
        {
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (c == ',' && depth == 0)
            {
                found.Add(current.ToString());
                current.Clear();
                continue;
            }
            current.Append(c);
        }
        found.Add(current.ToString());
        return found;
    }
}
