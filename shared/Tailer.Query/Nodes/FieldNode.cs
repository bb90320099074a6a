using System.Text;

namespace Tailer.Queries;

internal sealed class FieldNode(QueryField field, IReadOnlyList<string> parts) : QueryNode
{
    /// <summary>Host, app and agent names have no case anywhere they come from, and tags are words; paths are bytes on a disk and do.</summary>
    private readonly Wildcard pattern = new(parts, ignoreCase: field != QueryField.Path);

    public override int Cost => 5;

    public override bool Matches(in MatchInput input) => field switch
    {
        QueryField.Host => pattern.IsMatch(input.Host),
        QueryField.App => pattern.IsMatch(input.App),
        QueryField.Agent => pattern.IsMatch(input.Agent),
        QueryField.Tag => input.Tags is { } tags && pattern.IsMatchOfTag(tags),
        _ => pattern.IsMatch(input.Path),
    };

    public override void Print(StringBuilder to)
    {
        to.Append(FieldNames.NameOf(field)).Append(':');
        QueryText.AppendValue(to, pattern.Literals);
    }

    public override Presence In(IEventSummary summary) =>
        pattern.MatchesEverything && field != QueryField.Tag ? Presence.All : summary.Field(field, pattern);
}
