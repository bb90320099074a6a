using System.Text;
using Tailer.Blocks;
using Tailer.Disk;

namespace Tailer.Agent.Tests;

public sealed class TryPrinterTests
{
    [Fact]
    public void On_a_terminal_times_and_variables_are_coloured_and_the_file_s_own_escapes_are_not_obeyed()
    {
        using var output = new StringWriter();
        var set = new FileSet { Include = PathGlob.Parse("/logs/*.log") };
        var agent = new AgentName("agent", "host");
        var source = new FollowedSource
        {
            Path = new FollowedPath("/logs/a.log", set, new LineParser(set.Parse, new NameCache(), new NameCache(), set.Unread), agent),
            Identity = new FileIdentity(1, 2, 3),
            Incarnation = 0,
            Id = new SourceId(1),
            Predecessor = default,
            StartedNs = 0,
            SeenAt = "/logs/a.log",
        };
        var printer = new TryPrinter(output, linesMax: 1, hasColours: true);
        byte[] line = Encoding.UTF8.GetBytes("2026-11-22T09:00:00Z user=7 \u001b[2J\n");
        Assert.True(printer.TryAdd(source, line, 5, EventFlags.Altered, default));
        Assert.False(printer.TryAdd(source, line, 5, EventFlags.None, default));
        string[] printed = output.ToString().Split('\n');
        Assert.EndsWith("  \u001b[33maltered\u001b[0m", printed[0], StringComparison.Ordinal);
        Assert.Equal("            \u001b[35m2026-11-22T09:00:00Z\u001b[0m user=\u001b[36m7\u001b[0m \u241B[\u001b[36m2\u001b[0mJ", printed[1]);
    }
}
