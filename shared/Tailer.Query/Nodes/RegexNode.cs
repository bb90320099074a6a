using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Tailer.Queries;

/// <summary>
/// A regular expression over the line decoded from UTF-8, each invalid sequence as U+FFFD. The engine never backtracks, so
/// a match costs time linear in the line; what it cannot do (lookaround, backreferences) is an error of the query.
/// </summary>
internal sealed class RegexNode : QueryNode
{
    private const int StackChars = 512;

    private readonly string pattern;
    private readonly bool ignoreCase;
    private readonly Regex regex;
    private readonly QueryProbe[] probes;

    private RegexNode(string pattern, bool ignoreCase, Regex regex)
    {
        this.pattern = pattern;
        this.ignoreCase = ignoreCase;
        this.regex = regex;
        probes = ignoreCase || RegexLiteral.LongestRequired(pattern) is not { Length: > 0 } literal ? [] : [new QueryProbe(new Literal(literal, ignoreCase: false))];
    }

    public override int Cost => probes.Length > 0 ? 100 : 1000;

    public static RegexNode? TryCreate(string pattern, bool ignoreCase, out string reason)
    {
        try
        {
            reason = "";
            RegexOptions options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : 0);
            return new RegexNode(pattern, ignoreCase, new Regex(pattern, options));
        }
        catch (RegexParseException e)
        {
            reason = $"not a regular expression ({e.Error} at its character {e.Offset})";
        }
        catch (NotSupportedException)
        {
            reason = "a regular expression with lookaround, backreferences, atomic groups or too much repetition";
        }
        return null;
    }

    public override bool Matches(in MatchInput input)
    {
        ReadOnlySpan<byte> line = input.Line;
        if (probes.Length > 0 && probes[0].IndexIn(line) < 0)
            return false;
        char[]? rented = line.Length > StackChars ? ArrayPool<char>.Shared.Rent(line.Length) : null;
        Span<char> chars = rented ?? stackalloc char[StackChars];
        Utf8.ToUtf16(line, chars, out _, out int length, replaceInvalidSequences: true);
        bool matches = regex.IsMatch(chars[..length]);
        if (rented is not null)
            ArrayPool<char>.Shared.Return(rented);
        return matches;
    }

    public override void Print(StringBuilder to)
    {
        to.Append('/');
        for (int i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\')
                to.Append(pattern[i++]);
            else if (pattern[i] == '/')
                to.Append('\\');
            to.Append(pattern[i]);
        }
        to.Append(ignoreCase ? "/i" : "/");
    }

    public override Presence In(IEventSummary summary) => ProbeSearch.In(summary, probes);

    public override void AddRequired(List<QueryProbe> to) => to.AddRange(probes);
}
