using Tailer.Blocks;
using Tailer.Cli.Tests.Export;
using Tailer.Testing;

namespace Tailer.Cli.Tests.Reach;

/// <summary><c>tailer search --segments</c> by the real executable, with nothing else running.</summary>
public sealed class SegmentSearchCommandTests : IAsyncDisposable
{
    private readonly TestArchive archive = new();

    public SegmentSearchCommandTests()
    {
        SourceDescriptor source = TestArchive.Source(1);
        archive.Seal(1, (source, 0, "first line\n"), (source, 11, "second needle\n"));
        archive.Seal(2, (source, 25, "third NEEDLE\n"), (source, 38, "fourth line\n"));
    }

    public ValueTask DisposeAsync() => archive.DisposeAsync();

    [Fact]
    public async Task Lines_of_all_segments_below_a_directory_are_printed_in_order_of_time()
    {
        ProcessResult result = await Search("needle", "--text");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("second needle\nthird NEEDLE\n", result.Text);
        Assert.Equal("third NEEDLE\n", (await Search("needle", "--text", "--limit", "1")).Text);
        Assert.Equal("second needle\n", (await Search("needle", "--text", "--limit", "1", "--oldest")).Text);
        Assert.Equal("2\n", (await Search("needle", "--count")).Text);
        Assert.Equal("0\n", (await Search("nothing", "--count")).Text);
    }

    [Fact]
    public async Task Json_has_what_archie_gives()
    {
        using var line = System.Text.Json.JsonDocument.Parse((await Search("first", "--json")).Text);
        Assert.Equal("first line", line.RootElement.GetProperty("text").GetString());
        Assert.Equal(TestArchive.Host, line.RootElement.GetProperty("host").GetString());
        Assert.Equal(TestArchive.Path, line.RootElement.GetProperty("path").GetString());
    }

    [Fact]
    public async Task What_cannot_be_answered_says_why()
    {
        ProcessResult query = await Search("hots:web1");
        Assert.Equal(64, query.ExitCode);
        Assert.Contains("did you mean host:", query.Errors, StringComparison.Ordinal);
        ProcessResult time = await Search("x", "--from", "yesterday");
        Assert.Equal(64, time.ExitCode);
        Assert.Contains("--from is not 'yesterday' but a time", time.Errors, StringComparison.Ordinal);
        ProcessResult missing = await TailerProcess.Run("tailer", ["search", "x", "--segments", Path.Combine(archive.Folder, "nowhere")]);
        Assert.Equal(69, missing.ExitCode);
        Assert.Contains("is not there", missing.Errors, StringComparison.Ordinal);
        string nothing = Directory.CreateDirectory(Path.Combine(archive.Folder, "empty")).FullName;
        ProcessResult empty = await TailerProcess.Run("tailer", ["search", "x", "--segments", nothing]);
        Assert.Equal(64, empty.ExitCode);
        Assert.Contains("there is no segment", empty.Errors, StringComparison.Ordinal);
        ProcessResult count = await TailerProcess.Run("tailer", ["search", "x", "--count"]);
        Assert.Equal(64, count.ExitCode);
    }

    [Fact]
    public async Task A_damaged_segment_makes_the_answer_partial_and_the_others_still_answer()
    {
        File.WriteAllBytes(Path.Combine(archive.Folder, "three.seg"), new byte[500]);
        ProcessResult result = await Search("needle", "--text");
        Assert.Equal(3, result.ExitCode);
        Assert.Equal("second needle\nthird NEEDLE\n", result.Text);
        Assert.Contains("the answer is partial", result.Errors, StringComparison.Ordinal);
        Assert.Contains("three.seg", result.Errors, StringComparison.Ordinal);
    }

    private Task<ProcessResult> Search(params string[] arguments) => TailerProcess.Run("tailer", ["search", .. arguments, "--segments", archive.Folder]);
}
