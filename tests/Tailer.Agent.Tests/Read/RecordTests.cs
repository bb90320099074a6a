using System.Text;
using System.Text.RegularExpressions;
using Tailer.Blocks;

namespace Tailer.Agent.Tests;

public sealed class RecordTests
{
    private static readonly string Java = """
          2026-11-22 09:00:00 ERROR request failed
        + java.lang.IllegalStateException: no session
        + »at com.example.Shop.cart(Shop.java:17)
        + »at com.example.Shop.main(Shop.java:3)
        + »Suppressed: java.io.IOException: close
        + »»at com.example.Shop.close(Shop.java:9)
        + Caused by: java.io.IOException: reset
        + »at com.example.Net.read(Net.java:5)
        + »... 2 more
          2026-11-22 09:00:01 INFO next
          java.lang.Exceptional service started
          Exception in thread "main" java.lang.RuntimeException: x
        + »at com.example.Main.main(Main.java:1)
          java.lang.RuntimeException: of its own
        + »at com.example.Main.main(Main.java:1)
        """;

    private static readonly string Python = """
          ERROR:root:failed
        + Traceback (most recent call last):
        +   File "a.py", line 3, in f
        +     g()
        +     ^^^
        + ValueError: bad
        +
        + During handling of the above exception, another exception occurred:
        +
        + Traceback (most recent call last):
        +   File "a.py", line 7, in <module>
        +     f()
        + KeyError: 'x'
          Traceback (most recent call last):
        +   File "b.py", line 1, in <module>
        + ZeroDivisionError: division by zero
          INFO:root:next
        """;

    private static readonly string Go = """
          2026/11/22 09:00:00 starting
          panic: runtime error: index out of range [5] with length 3
        +
        + goroutine 1 [running]:
        + main.(*server).handle(0xc000010000, {0x1, 0x2})
        + »/src/main.go:17 +0x1d
        + main.main()
        + »/src/main.go:5 +0x20
        + created by main.start in goroutine 7
        + exit status 2
          2026/11/22 09:00:01 http: panic serving 10.0.0.1:5000: boom
        + goroutine 5 [running]:
        + net/http.(*conn).serve.func1()
        + »/usr/lib/go/src/net/http/server.go:1801 +0xb9
          2026/11/22 09:00:02 next
        """;

    private static readonly string DotNet = """
          Unhandled exception. System.InvalidOperationException: outer
        +  ---> System.IO.IOException: inner
        +    at Shop.Net.Read() in /src/Net.cs:line 5
        +    --- End of inner exception stack trace ---
        +    at Shop.Program.Main() in /src/Program.cs:line 3
          fail: Shop[0]
          2026-11-22 09:00:00 ERROR failed
        + System.TimeoutException: too slow
        +    at Shop.Net.Wait()
        + --- End of stack trace from previous location ---
        +    at Shop.Net.Run()
          info: next
        """;

    private static readonly string Indent = """
          first
        +   second
        + »third
          fourth
        """;

    private static readonly string Started = """
          2026-11-22 one
        + two
        +
        +  three
          2026-11-23 four
        """;

    public static TheoryData<string, string> Traces => new()
    {
        { "java", Java }, { "python", Python }, { "go", Go }, { "dotnet", DotNet }, { "indent", Indent }, { "start", Started },
        { "all", Java }, { "all", Python }, { "all", Go }, { "all", DotNet },
    };

    [Theory]
    [MemberData(nameof(Traces))]
    public void Lines_that_belong_to_a_record_continue_it_wherever_the_agent_is_killed(string kind, string marked)
    {
        (string[] lines, bool[] continues) = Read(marked);
        for (int cut = 0; cut <= lines.Length; cut++)
        {
            // Without a kill, with one behind a packet that is in no checkpoint, and with one after a checkpoint.
            foreach (TimeSpan before in (TimeSpan[])[TimeSpan.Zero, TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(30)])
            {
                using var rig = new AgentRig(rig => new FileSet { Include = PathGlob.Parse(Path.Combine(rig.Logs, "*.log")), Records = Rule(kind) });
                File.WriteAllText(rig.PathOf("a.log"), string.Concat(lines[..cut]));
                rig.Start();
                rig.Step();
                if (before != TimeSpan.Zero)
                {
                    if (before > TimeSpan.Zero)
                        rig.Pass(before);
                    else
                        rig.Seal();
                    rig.Kill();
                    rig.Start();
                }
                File.AppendAllText(rig.PathOf("a.log"), string.Concat(lines[cut..]));
                rig.Pass(TimeSpan.FromSeconds(5));
                DeliveredSource source = Assert.Single(rig.Delivered().Values);
                Assert.Equal(
                    lines.Zip(continues).Select(l => $"{(l.Second ? '+' : ' ')} {l.First}"),
                    source.Events.Select(e => $"{(e.Flags.HasFlag(EventFlags.Continues) ? '+' : ' ')} {e.Text}"));
                if (cut == 0)
                    break;
            }
        }
    }

    [Fact]
    public void Parts_of_a_line_and_lines_of_a_record_are_told_apart_by_the_event_before()
    {
        using var rig = new AgentRig(rig => new FileSet { Include = PathGlob.Parse(Path.Combine(rig.Logs, "*.log")), Records = Rule("indent") });
        string longLine = "  " + new string('x', Limits.EventBytesMax) + "\n";
        File.WriteAllText(rig.PathOf("a.log"), "first\n" + longLine + "  third\nfourth\n");
        rig.Start();
        rig.Pass(TimeSpan.FromSeconds(3));
        const EventFlags Inherited = EventFlags.TimeInherited;
        Assert.Equal(
            [Inherited, Inherited | EventFlags.Continues | EventFlags.Partial, Inherited | EventFlags.Continues, Inherited | EventFlags.Continues, Inherited],
            Assert.Single(rig.Delivered().Values).Events.Select(e => e.Flags));
    }

    [Fact]
    public void A_dropped_line_takes_those_that_continue_it_along()
    {
        using var rig = new AgentRig(rig => new FileSet
        {
            Include = PathGlob.Parse(Path.Combine(rig.Logs, "*.log")),
            Records = Rule("indent"),
            Rules = new LineRules([new DropRule(Queries.Query.Parse("level:debug").Query!)], [], null),
        });
        File.WriteAllText(rig.PathOf("a.log"), "INFO one\n  more\nDEBUG two\n  more of two\nINFO three\n");
        rig.Start();
        rig.Pass(TimeSpan.FromSeconds(3));
        using var block = new DecodedBlock();
        Assert.Equal(BlockError.None, Assert.Single(rig.Packets()).TryDecode(block));
        Assert.Equal(["INFO one\n", "  more\n", "INFO three\n"], Enumerable.Range(0, block.Count).Select(i => Encoding.UTF8.GetString(block[i].Bytes)));
    }

    /// <summary>Lines, and for each whether it is marked by a plus as continuing; » is a tab.</summary>
    private static (string[] Lines, bool[] Continues) Read(string marked)
    {
        string[] lines = marked.Replace('»', '\t').Split('\n');
        return ([.. lines.Select(l => (l.Length > 2 ? l[2..] : "") + "\n")], [.. lines.Select(l => l.StartsWith('+'))]);
    }

    private static RecordRule Rule(string kind) => kind switch
    {
        "java" => new RecordRule(TraceKinds.Java, null),
        "python" => new RecordRule(TraceKinds.Python, null),
        "go" => new RecordRule(TraceKinds.Go, null),
        "dotnet" => new RecordRule(TraceKinds.DotNet, null),
        "indent" => new RecordRule(TraceKinds.Indent, null),
        "start" => new RecordRule(TraceKinds.None, new Regex("^[0-9]{4}-", RegexOptions.NonBacktracking)),
        _ => new RecordRule(TraceKinds.Java | TraceKinds.Python | TraceKinds.Go | TraceKinds.DotNet, null),
    };
}
