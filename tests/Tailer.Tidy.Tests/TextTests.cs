namespace Tailer.Tidy.Tests;

public sealed class TextTests
{
    private static IEnumerable<TextFile> Others => Tree.Files.Where(f => !f.Path.StartsWith("tests/Tailer.Tidy.Tests/", StringComparison.Ordinal));

    [Fact]
    public void Nothing_is_left_to_do() => Verdict.None(Others.SelectMany(TextRules.NothingLeftToDo));

    [Fact]
    public void The_text_is_about_tailer() => Verdict.None(Tree.Files.SelectMany(TextRules.NoForeignWords));

    [Fact]
    public void There_are_no_paths_of_one_machine() => Verdict.None(Others.SelectMany(TextRules.NoPathsOfOneMachine));

    [Fact]
    public void No_package_host_is_named() => Verdict.None(Others.SelectMany(TextRules.NoPackageHosts));

    [Fact]
    public void Lines_are_clean() =>
        Verdict.None(Others.Where(f => Path.GetExtension(f.Path) is ".cs" or ".md" or ".csproj" or ".props" or ".ts" or ".tsx" or ".css" or ".json" or ".sh" or ".yaml").SelectMany(TextRules.CleanLines));

    [Fact]
    public void Scripts_can_be_executed()
    {
        static bool IsScript(TextFile f) => f.Text.StartsWith("#!", StringComparison.Ordinal);
        Assert.Contains(Tree.Files, f => f.Path == "tools/test" && IsScript(f));
        Verdict.None(Tree.Files.Where(IsScript)
            .Where(f => (File.GetUnixFileMode(Path.Combine(Tree.Root, f.Path)) & UnixFileMode.UserExecute) == 0)
            .Select(f => $"{f.Path}: run chmod +x"));
    }

    [Theory]
    [InlineData(nameof(TextRules.NothingLeftToDo), "// TO" + "DO: later\n")]
    [InlineData(nameof(TextRules.NoForeignWords), "written by an A" + "I\n")]
    [InlineData(nameof(TextRules.NoPathsOfOneMachine), "see \"/home/" + "someone/x\"\n")]
    [InlineData(nameof(TextRules.NoPathsOfOneMachine), "cd /work/" + "tree\n")]
    [InlineData(nameof(TextRules.NoPackageHosts), "  \"resolved\": \"https://x/y.tgz\",\n")]
    [InlineData(nameof(TextRules.CleanLines), "a\r\n")]
    [InlineData(nameof(TextRules.CleanLines), "a")]
    [InlineData(nameof(TextRules.CleanLines), "\ta\n")]
    public void Each_rule_finds_what_it_is_for(string rule, string text) => Assert.Single(Apply(rule, text));

    [Theory]
    [InlineData(nameof(TextRules.NoForeignWords), "AIX, mail, main, AID\n")]
    [InlineData(nameof(TextRules.NoPathsOfOneMachine), "net/work/x and $HOME/work/x\n")]
    public void No_rule_finds_what_is_fine(string rule, string text) => Assert.Empty(Apply(rule, text));

    private static IEnumerable<string> Apply(string rule, string text)
    {
        var file = new TextFile("docs/sample.md", text);
        return rule switch
        {
            nameof(TextRules.NothingLeftToDo) => TextRules.NothingLeftToDo(file),
            nameof(TextRules.NoForeignWords) => TextRules.NoForeignWords(file),
            nameof(TextRules.NoPathsOfOneMachine) => TextRules.NoPathsOfOneMachine(file),
            nameof(TextRules.NoPackageHosts) => TextRules.NoPackageHosts(file),
            _ => TextRules.CleanLines(file),
        };
    }
}
