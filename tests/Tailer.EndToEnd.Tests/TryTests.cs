using Tailer.Testing;

namespace Tailer.EndToEnd.Tests;

/// <summary><c>tailer-agent --try</c>, by the executable as it was built.</summary>
public sealed class TryTests
{
    private const string Sources = """
        sources:
          - paths: ["LOGS/*.log"]
            exclude: ["old*"]
            app: shop
            drop: ["level:debug"]
            mask: [token]
            continues: java
            tags: {team: shop}
          - paths: ["LOGS/other/*.txt"]
        """;

    private const string Log =
        "2026-11-22 09:00:00,250 INFO user=anna paid 12 EUR\n" +
        "2026-11-22 09:00:01,000 DEBUG cache hit\n" +
        "2026-11-22 09:00:02,000 ERROR login failed, password=hunter2 \u001b[31m\n" +
        "\tat com.example.Login.check(Login.java:17)\n" +
        "2026-11-22 09:00:03,000 INFO and an unfinished line";

    [Fact]
    public async Task It_prints_what_would_be_sent_and_which_rule_changed_or_dropped_it()
    {
        using var place = new TempDirectory();
        ProcessResult result = await Try(place, place.File("app.log", Log));
        Assert.Equal(0, result.ExitCode);
        string path = place["app.log"];
        Assert.Equal(
            $$"""
            # {{path}}: as source {{Path.GetDirectoryName(path)}}/*.log
                     0  2026-11-22T09:00:00.2500000Z  info  web-1  shop
                        {2026-11-22 09:00:00,250} INFO user={anna} paid {12} EUR
                    51  not sent: drop level:debug
                        2026-11-22 09:00:01,000 DEBUG cache hit
                    91  2026-11-22T09:00:02.0000000Z  error  web-1  shop  altered
                        {2026-11-22 09:00:02,000} ERROR login failed, password=******* ␛[{31}m
            """,
            string.Join('\n', result.Text.Split('\n').Where(l => !l.Contains("credential", StringComparison.Ordinal)).Take(7)));
        Assert.Contains("unknown  web-1  shop  continues  time-inherited\n            \tat com.example.Login.check(Login.java:{17})", result.Text, StringComparison.Ordinal);
        Assert.Contains("  partial\n            {2026-11-22 09:00:03,000} INFO and an unfinished line\n", result.Text, StringComparison.Ordinal);
        Assert.Contains("# 4 sent, 1 not sent of these; view Utf8, app shop where a line names none, tags team=shop\n", result.Text, StringComparison.Ordinal);
        Assert.Contains("# times not read: 1 missing, 0 impossible", result.Text, StringComparison.Ordinal);
        Assert.Contains("# mask token: 1 lines, 7 bytes of", result.Text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', result.Text);
        Assert.DoesNotContain("hunter2", result.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2", "# 1 sent, 1 not sent of these", "mask token: 0 lines", "ERROR")]
    [InlineData("3", "# 2 sent, 1 not sent of these", "mask token: 1 lines", "times not read")]
    public async Task As_many_lines_are_shown_and_counted_as_asked_for(string lines, string sent, string masked, string behind)
    {
        using var place = new TempDirectory();
        ProcessResult result = await Try(place, place.File("app.log", Log), "--lines", lines);
        Assert.Contains(sent, result.Text, StringComparison.Ordinal);
        Assert.Contains(masked, result.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(behind, result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_no_source_follows_is_told_why_glob_by_glob()
    {
        using var place = new TempDirectory();
        ProcessResult result = await Try(place, place.File("old.log", Log));
        string folder = Path.GetDirectoryName(place["x"])!;
        Assert.Equal(0, result.ExitCode);
        Assert.Contains($"# {folder}/old.log would not be followed:\n#   {folder}/*.log: matches, but 'exclude' takes it out\n#   {folder}/other/*.txt: does not match\n", result.Text, StringComparison.Ordinal);
        Assert.Contains($"# shown as if it were of the first source, {folder}/*.log\n", result.Text, StringComparison.Ordinal);
        Assert.Contains("not sent: drop level:debug", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_is_unpacked_as_the_agent_would_and_shown_by_the_source_of_its_file()
    {
        using var place = new TempDirectory();
        string path = place["app.log.gz"];
        await using (var file = new System.IO.Compression.GZipStream(File.Create(path), System.IO.Compression.CompressionLevel.Fastest))
            await file.WriteAsync(System.Text.Encoding.UTF8.GetBytes(Log));
        ProcessResult archive = await Try(place, path), plain = await Try(place, place.File("app.log", Log));
        Assert.Contains("# unpacked, as an archive of a followed file is\n", archive.Text, StringComparison.Ordinal);
        static IEnumerable<string> Shown(ProcessResult result) => result.Text.Split('\n').Where(line => line.StartsWith("   ", StringComparison.Ordinal));
        Assert.Equal(Shown(plain), Shown(archive));

        await File.WriteAllBytesAsync(path, (await File.ReadAllBytesAsync(path))[..40]);
        ProcessResult cut = await Try(place, path);
        Assert.Equal((3, true), (cut.ExitCode, cut.Errors.Contains("cannot be unpacked", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_cannot_be_done_has_its_exit_code_and_reason()
    {
        using var place = new TempDirectory();
        ProcessResult missing = await Try(place, place["none.log"]);
        Assert.Equal((3, true), (missing.ExitCode, missing.Errors.Contains("is not there", StringComparison.Ordinal)));
        ProcessResult folder = await Try(place, Path.GetDirectoryName(place["x"])!);
        Assert.Equal((3, true), (folder.ExitCode, folder.Errors.Contains("is not a file", StringComparison.Ordinal)));
        ProcessResult lines = await Try(place, place.File("app.log", Log), "--lines", "0");
        Assert.Equal((64, true), (lines.ExitCode, lines.Errors.Contains("--lines is '0'", StringComparison.Ordinal)));
        ProcessResult alone = await TailerProcess.Run("tailer-agent", ["--config", place["agent.yaml"], "--lines", "3"]);
        Assert.Equal(64, alone.ExitCode);
    }

    private static Task<ProcessResult> Try(TempDirectory place, string path, params string[] more)
    {
        string config = place.File("agent.yaml", "environment: test\ncredential: none.credential\nstate: state\nhost: web-1\nbucks:\n  - {name: b1, address: \"127.0.0.1:7411\"}\n"
            + Sources.Replace("LOGS", Path.GetDirectoryName(place["x"]), StringComparison.Ordinal) + "\n");
        return TailerProcess.Run("tailer-agent", ["--config", config, "--try", path, .. more]);
    }
}
