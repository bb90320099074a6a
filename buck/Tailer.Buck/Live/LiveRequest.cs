using Tailer.Blocks;
using Tailer.Queries;

namespace Tailer.Buck;

/// <summary>What a reader asks to watch; its rights are in the query already.</summary>
/// <param name="Query">The reader's query AND its rights.</param>
/// <param name="Format">Form of the lines.</param>
/// <param name="BacklogLines">At most so many lines of before; 0 none.</param>
/// <param name="Since">Of the backlog only packets sealed from this time on; 0 all.</param>
internal sealed record LiveRequest(Query Query, LiveFormat Format, int BacklogLines, ulong Since)
{
    /// <summary>The range for the log of who read what.</summary>
    public string DescribeBacklog() => Since > 0 ? $"all since {LogTime.Format(Since)}" : BacklogLines > 0 ? $"{BacklogLines} lines" : "nothing";
}
