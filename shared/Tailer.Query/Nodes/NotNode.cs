using System.Text;

namespace Tailer.Queries;

internal sealed class NotNode : QueryNode
{
    private readonly QueryNode child;

    private NotNode(QueryNode child) => this.child = child;

    public override int Cost => child.Cost;

    /// <summary>Twice not is the thing itself.</summary>
    public static QueryNode Of(QueryNode part) => part is NotNode not ? not.child : new NotNode(part);

    public override bool Matches(in MatchInput input) => !child.Matches(input);

    public override void Print(StringBuilder to)
    {
        bool loose = child.Binding < Binding.Leaf;
        to.Append(loose ? "-(" : "-");
        child.Print(to);
        to.Append(loose ? ")" : "");
    }

    public override Presence In(IEventSummary summary) => child.In(summary) switch
    {
        Presence.None => Presence.All,
        Presence.All => Presence.None,
        _ => Presence.Some,
    };
}
