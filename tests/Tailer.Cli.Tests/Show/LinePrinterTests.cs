using System.Text.Json;
using Tailer.Cli.Show;

namespace Tailer.Cli.Tests.Show;

public sealed class LinePrinterTests
{
    private const string Json = """{"source":"00","offset":7,"time":"2026-03-01T12:00:00.12345678Z","host":"web1","app":"nginx","level":"error","text":"a\u001b[2Jb"}""";

    [Theory]
    [InlineData("Full", false, "2026-03-01T12:00:00.123Z web1 nginx error a\u001b[2Jb\n")]
    [InlineData("Text", true, "a\u001b[2Jb\n")]
    [InlineData("Json", true, Json + "\n")]
    public void Pipes_get_the_line_as_it_is(string form, bool colours, string expected) => Assert.Equal(expected, Print(Enum.Parse<LineForm>(form), colours));

    [Fact]
    public void A_terminal_gets_colours_and_no_control_character_of_the_line()
    {
        string printed = Print(LineForm.Full, colours: true);
        Assert.Contains("\u001b[38;5;160ma\uFFFD[2Jb\u001b[0m", printed, StringComparison.Ordinal);
    }

    private static string Print(LineForm form, bool colours)
    {
        using var output = new StringWriter();
        using JsonDocument document = JsonDocument.Parse(Json);
        new LinePrinter(output, form, colours).Print(EventLine.Read(document.RootElement));
        return output.ToString();
    }
}
