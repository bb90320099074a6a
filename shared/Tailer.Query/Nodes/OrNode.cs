using System.Text;

namespace Tailer.Queries;

internal sealed class OrNode : QueryNode
{
    private readonly QueryNode[] children;
    private readonly QueryNode[] byCost;

    private OrNode(QueryNode[] children)
    {
        this.children = children;
        byCost = [.. children.OrderBy(child => child.Cost)];
        Cost = children.Sum(child => child.Cost);
    }

    public override Binding Binding => Binding.Or;

    public override int Cost { get; }

    /// <summary>Flat and without repeats; everything when one part is.</summary>
    public static QueryNode Of(IEnumerable<QueryNode> parts)
    {
        var flat = new List<QueryNode>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (QueryNode part in parts.SelectMany(part => part is OrNode or ? or.children : [part]))
        {
            if (part is EverythingNode)
                return part;
            if (seen.Add(part.ToString()))
                flat.Add(part);
        }
        return flat.Count == 1 ? flat[0] : new OrNode([.. flat]);
    }

    public override bool Matches(in MatchInput input)
    {
        foreach (QueryNode child in byCost)
        {
            if (child.Matches(input))
                return true;
        }
        return false;
    }

    public override void Print(StringBuilder to)
    {
        for (int i = 0; i < children.Length; i++)
        {
            to.Append(i > 0 ? " OR " : "");
            children[i].Print(to);
        }
    }

    public override Presence In(IEventSummary summary)
    {
        var all = Presence.None;
        foreach (QueryNode child in byCost)
        {
            Presence presence = child.In(summary);
            if (presence == Presence.All)
                return Presence.All;
            if (presence == Presence.Some)
                all = Presence.Some;
        }
        return all;
    }
}
