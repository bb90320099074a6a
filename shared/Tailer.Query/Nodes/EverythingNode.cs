using System.Text;

namespace Tailer.Queries;

internal sealed class EverythingNode : QueryNode
{
    public static EverythingNode Instance { get; } = new();

    public override int Cost => 0;

    public override bool Matches(in MatchInput input) => true;

    public override void Print(StringBuilder to) => to.Append('*');

    public override Presence In(IEventSummary summary) => Presence.All;
}
