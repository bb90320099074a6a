using System.Text;
using Tailer.Blocks;

namespace Tailer.Queries;

internal sealed class LevelNode(SeveritySet severities) : QueryNode
{
    public override int Cost => 1;

    public override bool Matches(in MatchInput input) => severities.Contains(input.Severity);

    public override void Print(StringBuilder to)
    {
        to.Append("level:");
        if (severities == SeveritySet.All)
        {
            to.Append('*');
            return;
        }
        string separator = "";
        for (Severity severity = Severity.Unknown; severity <= Severity.Trace; severity++)
        {
            if (!severities.Contains(severity))
                continue;
            Severity last = severity;
            while (last < Severity.Trace && severities.Contains(last + 1))
                last++;
            to.Append(separator);
            separator = ",";
            bool atLeast = severity == Severity.Emergency && last > severity;
            bool atMost = !atLeast && severity > Severity.Unknown && last == Severity.Trace && last > severity;
            to.Append(atLeast ? ">=" : atMost ? "<=" : "").Append(SeverityNames.NameOf(atLeast ? last : severity));
            if (atLeast || atMost)
                severity = last;
        }
    }

    public override Presence In(IEventSummary summary) => summary.Level(severities);
}
