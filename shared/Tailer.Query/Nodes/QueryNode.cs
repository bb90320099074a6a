using System.Text;

namespace Tailer.Queries;

/// <summary>One part of a query. Immutable; safe for any number of threads.</summary>
internal abstract class QueryNode
{
    /// <summary>How tightly the printed form binds: what is looser than its surroundings needs parentheses.</summary>
    public virtual Binding Binding => Binding.Leaf;

    /// <summary>Rough cost of <see cref="Matches"/>; cheap parts are asked first. Printed order never changes.</summary>
    public abstract int Cost { get; }

    public abstract bool Matches(in MatchInput input);

    public abstract void Print(StringBuilder to);

    public abstract Presence In(IEventSummary summary);

    /// <summary>Adds texts that occur in every line this part matches.</summary>
    public virtual void AddRequired(List<QueryProbe> to)
    {
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        Print(text);
        return text.ToString();
    }
}
