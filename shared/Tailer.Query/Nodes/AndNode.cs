using System.Text;

namespace Tailer.Queries;

internal sealed class AndNode : QueryNode
{
    private readonly QueryNode[] children;
    private readonly QueryNode[] byCost;

    private AndNode(QueryNode[] children)
    {
        this.children = children;
        byCost = [.. children.OrderBy(child => child.Cost)];
        Cost = children.Sum(child => child.Cost);
    }

    public override Binding Binding => Binding.And;

    public override int Cost { get; }

    /// <summary>Flat, without repeats and without parts that match everything.</summary>
    public static QueryNode Of(IEnumerable<QueryNode> parts)
    {
        var flat = new List<QueryNode>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (QueryNode part in parts.SelectMany(part => part is AndNode and ? and.children : [part]))
        {
            if (part is not EverythingNode && seen.Add(part.ToString()))
                flat.Add(part);
        }
        return flat.Count switch
        {
            0 => EverythingNode.Instance,
            1 => flat[0],
            _ => new AndNode([.. flat]),
        };
    }

    public override bool Matches(in MatchInput input)
    {
        foreach (QueryNode child in byCost)
        {
            if (!child.Matches(input))
                return false;
        }
        return true;
    }

    public override void Print(StringBuilder to)
    {
        for (int i = 0; i < children.Length; i++)
        {
            if (i > 0)
                to.Append(' ');
            bool loose = children[i].Binding < Binding.And;
            to.Append(loose ? "(" : "");
            children[i].Print(to);
            to.Append(loose ? ")" : "");
        }
    }

    public override Presence In(IEventSummary summary)
    {
        var all = Presence.All;
        foreach (QueryNode child in byCost)
        {
            Presence presence = child.In(summary);
            if (presence == Presence.None)
                return Presence.None;
            if (presence == Presence.Some)
                all = Presence.Some;
        }
        return all;
    }

    public override void AddRequired(List<QueryProbe> to)
    {
        foreach (QueryNode child in children)
            child.AddRequired(to);
    }
}
