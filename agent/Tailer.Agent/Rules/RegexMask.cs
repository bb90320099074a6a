using System.Text.RegularExpressions;
using Tailer.Blocks;
using Tailer.Queries;

namespace Tailer.Agent;

/// <summary>
/// Hides what a regular expression matches, or what its group <c>mask</c> does where it has one. The engine never backtracks. Where the
/// expression has a text in it that must be there, lines without it cost one search.
/// <para>
/// One match costs at most a look at the whole line, but some expressions (<c>a.*z|a</c>) cost that for each of very many matches. So behind
/// <see cref="LooksMax"/> the rest of the line is hidden: too much rather than too little, and the same whenever it is read.
/// </para>
/// </summary>
internal sealed class RegexMask : Mask
{
    private const string GroupName = "mask";

    /// <summary>Matches times characters of a line; some tenths of a second. Lines of less than 5,792 characters never come to it.</summary>
    public const int LooksMax = 32 * 1024 * 1024;

    private readonly Regex regex;
    private readonly LiteralFilter? filter;
    private readonly int group;

    private RegexMask(string rule, Regex regex, string? literal)
        : base(rule)
    {
        this.regex = regex;
        filter = literal is null ? null : new LiteralFilter(literal);
        group = regex.GroupNumberFromName(GroupName);
    }

    /// <summary>Null, with a reason, when the pattern is no expression that can be matched without backtracking.</summary>
    public static RegexMask? TryCreate(string rule, string pattern, bool ignoreCase, out string reason)
    {
        if (TryMakeRegex(pattern, ignoreCase, out reason) is not { } regex)
            return null;
        if (!regex.IsMatch(""))
            return new RegexMask(rule, regex, ignoreCase ? null : RegexLiteral.LongestRequired(pattern));
        reason = "it matches the empty text, which is everywhere";
        return null;
    }

    /// <summary>Null, with a reason, when the pattern is no expression that can be matched without backtracking.</summary>
    public static Regex? TryMakeRegex(string pattern, bool ignoreCase, out string reason)
    {
        reason = "";
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : 0));
        }
        catch (RegexParseException e)
        {
            reason = $"not a regular expression: {e.Error} at its character {e.Offset}";
        }
        catch (NotSupportedException)
        {
            reason = "lookaround, backreferences, atomic groups and too much repetition cannot be matched without backtracking";
        }
        return null;
    }

    public override bool MayMatch(SourceView view, ReadOnlySpan<byte> bytes) => filter is null || filter.MayHave(view, bytes);

    public override void Find(ReadOnlySpan<char> text, List<(int From, int To)> into)
    {
        int left = LooksMax / Math.Max(1, text.Length);
        if (group < 0)
        {
            foreach (ValueMatch match in regex.EnumerateMatches(text))
            {
                if (!MayGoOn(ref left, text, match.Index, into))
                    return;
                into.Add((match.Index, match.Index + match.Length));
            }
            return;
        }
        if (!regex.IsMatch(text))
            return;
        for (Match match = regex.Match(text.ToString()); match.Success; match = match.NextMatch())
        {
            if (!MayGoOn(ref left, text, match.Index, into))
                return;
            foreach (Capture part in match.Groups[group].Captures)
                into.Add((part.Index, part.Index + part.Length));
        }
    }

    private static bool MayGoOn(ref int left, ReadOnlySpan<char> text, int at, List<(int From, int To)> into)
    {
        if (left-- > 0)
            return true;
        into.Add((at, text.Length));
        return false;
    }
}
