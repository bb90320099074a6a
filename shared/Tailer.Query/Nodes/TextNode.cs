using System.Text;

namespace Tailer.Queries;

/// <summary>A term or a phrase.</summary>
internal sealed class TextNode : QueryNode
{
    private readonly TextPattern pattern;
    private readonly QueryProbe[] probes;

    public TextNode(IReadOnlyList<string> parts)
    {
        pattern = new TextPattern(parts);
        probes = [.. pattern.Literals.Select((literal, i) => new QueryProbe(literal, pattern.IsWholeAtStart(i), pattern.IsWholeAtEnd(i))).Where(probe => probe.Text.Length > 0)];
    }

    public override int Cost => 20;

    public override bool Matches(in MatchInput input) => pattern.IsIn(input.Line);

    public override void Print(StringBuilder to) => QueryText.AppendText(to, pattern.Literals);

    public override Presence In(IEventSummary summary) => pattern.Literals.Count == 1 && probes.Length == 1 ? summary.Text(probes[0]) : ProbeSearch.In(summary, probes);

    public override void AddRequired(List<QueryProbe> to) => to.AddRange(probes);
}
