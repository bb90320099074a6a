using Tailer.Queries;

namespace Tailer.Agent;

/// <summary>Lines that match the query are not sent.</summary>
internal sealed class DropRule(Query query)
{
    public RuleCount Count { get; } = new("drop", query.ToString());

    public bool Matches(in MatchInput line) => query.Matches(line);
}
