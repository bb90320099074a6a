using System.Text;
using Tailer.Blocks;

namespace Tailer.Queries;

/// <summary>
/// A text that occurs in every line some part of a query matches. Finding it proves nothing; not finding it proves that the
/// part does not match. So it is what filters over many lines look up.
/// </summary>
public sealed class QueryProbe
{
    private readonly Literal literal;
    private readonly (ulong Key, int Digits)[] keys;

    internal QueryProbe(Literal literal, bool wholeAtStart = false, bool wholeAtEnd = false)
    {
        this.literal = literal;
        IsWholeAtStart = wholeAtStart;
        IsWholeAtEnd = wholeAtEnd;
        keys = ProbeKeys.Of(this);
    }

    /// <summary>As written in the query; compare by <see cref="IgnoreCase"/>.</summary>
    public string Text => literal.Text;

    /// <summary>True: occurs in any case, by the query's folding (ASCII to ASCII, others to others).</summary>
    public bool IgnoreCase => literal.IgnoreCase;

    /// <summary>True when the first term of the text is a whole term of the line, not the end of a longer one.</summary>
    public bool IsWholeAtStart { get; }

    public bool IsWholeAtEnd { get; }

    /// <summary>Length of what <see cref="IndexIn"/> looks for: the more, the rarer; 0 when it would find everything.</summary>
    public int SearchedBytes => literal.Core.Length;

    /// <summary>
    /// Where a line with the text may be: the index of a byte inside the next possible occurrence, or -1. It looks for the
    /// part of the text that is the same bytes in every case (ASCII letters in both), in many lines at once.
    /// </summary>
    public int IndexIn(ReadOnlySpan<byte> lines) => literal.Core.IndexIn(lines);

    /// <summary>False when no line of the filter's block has the text.</summary>
    public bool MayBeIn(BlockFilter filter)
    {
        foreach ((ulong key, int digits) in keys)
        {
            if ((digits == 0 || digits > filter.TimeDigits) && !filter.MayHave(key))
                return false;
        }
        return true;
    }

    /// <summary>Gives the occurrences of the whole text one after the other, as <see cref="Literal.Next"/> does; terms are not looked at.</summary>
    internal bool NextIn(ReadOnlySpan<byte> text, ref int cursor, out int start, out int end) => literal.Next(text, ref cursor, out start, out end);

    public override string ToString() =>
        new StringBuilder().Append(IsWholeAtStart ? "\\b" : "").Append(Text).Append(IsWholeAtEnd ? "\\b" : "").Append(IgnoreCase ? " (any case)" : "").ToString();
}
