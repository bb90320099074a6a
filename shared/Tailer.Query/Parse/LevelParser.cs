using Tailer.Blocks;

namespace Tailer.Queries;

/// <summary>The value of <c>level:</c>: names, patterns and comparisons, separated by commas.</summary>
internal static class LevelParser
{
    public const string Hint = "levels are emergency, alert, critical, error, warning, notice, info, debug, trace and unknown; level:>=warning means warning and worse";

    /// <summary>False with the place (in the text) of the item that is none.</summary>
    public static bool TryParse(string text, int start, int end, out SeveritySet severities, out int position)
    {
        severities = default;
        position = start;
        while (true)
        {
            int comma = text.AsSpan(position, end - position).IndexOf(',');
            int itemEnd = comma < 0 ? end : position + comma;
            if (!TryParseItem(text.AsSpan(position, itemEnd - position), out SeveritySet item))
                return false;
            severities = severities.Union(item);
            if (comma < 0)
                return true;
            position = itemEnd + 1;
        }
    }

    private static bool TryParseItem(ReadOnlySpan<char> item, out SeveritySet severities)
    {
        severities = default;
        if (item.Length > 0 && item[0] is '<' or '>')
            return TryParseComparison(item, out severities);
        foreach (char c in item)
        {
            if (!char.IsAsciiLetter(c) && c != '*')
                return false;
        }
        var word = new WordReader(item.ToString(), 0);
        if (!word.TryRead())
            return false;
        severities = SeverityNames.Matching(new Wildcard(word.Parts, ignoreCase: true));
        return !severities.IsEmpty;
    }

    /// <summary>More is more severe; events without a level are on neither side.</summary>
    private static bool TryParseComparison(ReadOnlySpan<char> item, out SeveritySet severities)
    {
        bool orEqual = item.Length > 1 && item[1] == '=';
        severities = default;
        if (!SeverityNames.TryParse(item[(orEqual ? 2 : 1)..], out Severity than) || than == Severity.Unknown)
            return false;
        severities = item[0] == '>'
            ? SeveritySet.Range(Severity.Emergency, orEqual ? than : than - 1)
            : SeveritySet.Range(orEqual ? than : than + 1, Severity.Trace);
        if (severities.IsEmpty || severities.Contains(Severity.Unknown))
            return false;
        return true;
    }
}
