using System.Text;

namespace Tailer.Queries;

/// <summary><c>key=value</c>, <c>key: value</c>, <c>"key":"value"</c> and the like, anywhere in the line.</summary>
internal sealed class KeyValueNode : QueryNode
{
    private readonly TextPattern keyEnds;
    private readonly Literal key;
    private readonly Wildcard value;
    private readonly QueryProbe[] probes;

    public KeyValueNode(string key, IReadOnlyList<string> valueParts)
    {
        this.key = new Literal(key, ignoreCase: true);
        keyEnds = new TextPattern([key]);
        value = new Wildcard(valueParts, ignoreCase: true);
        probes =
        [
            new QueryProbe(this.key, keyEnds.IsWholeAtStart(0), keyEnds.IsWholeAtEnd(0)),
            .. value.Literals.Where(literal => !literal.IsEmpty).Select(literal => new QueryProbe(literal)),
        ];
    }

    public override int Cost => 25;

    public override bool Matches(in MatchInput input)
    {
        ReadOnlySpan<byte> line = input.Line;
        int cursor = 0;
        while (key.Next(line, ref cursor, out int start, out int end))
        {
            if (keyEnds.IsWholeAtStart(0) && TermChars.Before(line, start))
                continue;
            if (KeyValueText.TryFindValue(line, end, out int valueStart, out ReadOnlySpan<byte> closingQuote)
                && ValueMatches(line[valueStart..], closingQuote))
                return true;
        }
        return false;
    }

    public override void Print(StringBuilder to)
    {
        to.Append(key.Text).Append('=');
        QueryText.AppendValue(to, value.Literals);
    }

    public override Presence In(IEventSummary summary) => ProbeSearch.In(summary, probes);

    public override void AddRequired(List<QueryProbe> to) => to.AddRange(probes);

    /// <summary>
    /// Without a star the value itself says how long it is, so it may contain what would end an unquoted value.
    /// </summary>
    private bool ValueMatches(ReadOnlySpan<byte> rest, ReadOnlySpan<byte> closingQuote)
    {
        if (value.IsLiteral && closingQuote.IsEmpty)
            return value.Literals[0].StartsAt(rest, 0, out int end) && KeyValueText.IsEndOfBareValue(rest, end);
        return value.IsMatch(rest[..KeyValueText.ValueLength(rest, closingQuote)]);
    }
}
