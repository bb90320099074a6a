using System.Text;

namespace Tailer.Queries;

internal sealed class SubstringNode : QueryNode
{
    private readonly Literal literal;
    private readonly QueryProbe[] probes;

    public SubstringNode(string text, bool ignoreCase)
    {
        literal = new Literal(text, ignoreCase);
        probes = [new QueryProbe(literal)];
    }

    public override int Cost => 15;

    public override bool Matches(in MatchInput input)
    {
        int cursor = 0;
        return literal.Next(input.Line, ref cursor, out _, out _);
    }

    public override void Print(StringBuilder to)
    {
        QueryText.AppendQuoted(to, literal.Text);
        to.Append(literal.IgnoreCase ? "~i" : "~");
    }

    public override Presence In(IEventSummary summary) => summary.Text(probes[0]);

    public override void AddRequired(List<QueryProbe> to) => to.AddRange(probes);
}
