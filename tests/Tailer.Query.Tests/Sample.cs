using System.Text;
using Tailer.Blocks;

namespace Tailer.Queries.Tests;

internal sealed record Sample(byte[] Line, string Host = "", string App = "", string Agent = "", string Path = "", uint Pid = 0, Severity Severity = Severity.Unknown)
{
    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    public static Sample Of(string line) => new(Encoding.UTF8.GetBytes(line));

    public MatchInput Input => new()
    {
        Line = Line,
        Host = Host,
        App = App,
        Agent = Agent,
        Path = Path,
        Tags = Tags,
        Pid = Pid,
        Severity = Severity,
    };

    public override string ToString() => $"[{Encoding.Latin1.GetString(Line)}] host={Host} app={App} agent={Agent} path={Path} tags={string.Join(",", Tags)} pid={Pid} {Severity}";
}
