using System.Text.Json;
using Tailer.Cli.Show;

namespace Tailer.Cli.Tests.Show;

public sealed class SearchSummaryTests
{
    [Fact]
    public void A_whole_answer_is_success_and_silent_in_scripts() =>
        Assert.Equal((0, ""), Report("""{"count":3,"complete":true,"truncated":true,"elapsedMs":5}""", people: false));

    [Fact]
    public void People_are_told_that_there_is_more() =>
        Assert.Equal((0, "3 lines in 5 ms, and there is more (--limit)\n"), Report("""{"count":3,"complete":true,"truncated":true,"elapsedMs":5}""", people: true));

    [Fact]
    public void A_partial_answer_says_what_did_not_answer() =>
        Assert.Equal(
            (3, "tailer: the answer is partial: buck-2 unreachable: connection refused; archive timeout\n"),
            Report("""{"count":0,"complete":false,"sources":[{"name":"recent","state":"ok"},{"name":"buck-2","state":"unreachable","error":"buck-2 unreachable: connection refused"},{"name":"archive","state":"timeout"}]}""", people: false));

    private static (int Code, string Error) Report(string summary, bool people)
    {
        using var error = new StringWriter();
        using JsonDocument document = JsonDocument.Parse(summary);
        return (SearchSummary.Report(document.RootElement, error, people), error.ToString());
    }
}
