namespace Tailer.Queries;

/// <summary>What one query text may cost; a text over a limit is a <see cref="QueryError"/>, never a slow or deep query.</summary>
public static class QueryLimits
{
    /// <summary>UTF-16 units of a query text (docs/formats/http.md, section 2).</summary>
    public const int TextCharsMax = 4096;

    /// <summary>Parentheses inside parentheses. Parsing, printing and matching recurse once per level, so this bounds the stack.</summary>
    public const int DepthMax = 64;

    /// <summary>Terms, fields and other leaves. Each is at worst one pass over a line.</summary>
    public const int LeavesMax = 256;

    /// <summary>Each keeps an automaton that grows while it is used, to 10,000 states at most.</summary>
    public const int RegexesMax = 8;

    /// <summary>Stars in one word; matching is bounded by stars times the value's length.</summary>
    public const int StarsMax = 16;
}
