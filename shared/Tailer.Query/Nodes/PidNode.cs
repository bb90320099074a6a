using System.Globalization;
using System.Text;

namespace Tailer.Queries;

internal sealed class PidNode(uint pid) : QueryNode
{
    public override int Cost => 1;

    public override bool Matches(in MatchInput input) => input.Pid == pid;

    public override void Print(StringBuilder to) => to.Append(CultureInfo.InvariantCulture, $"pid:{pid}");

    public override Presence In(IEventSummary summary) => summary.Pid(pid);
}
