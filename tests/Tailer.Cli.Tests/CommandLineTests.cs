using Tailer.Hosting;
using Tailer.Testing;

namespace Tailer.Cli.Tests;

/// <summary>What scripts rely on: the real executable's exit codes, and which stream says what.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly TempDirectory temp = new();

    public void Dispose() => temp.Dispose();

    [Fact]
    public async Task Help_is_success_when_asked_for_and_an_error_when_nothing_was_said()
    {
        ProcessResult asked = await Run("--help");
        ProcessResult nothing = await Run();
        Assert.Equal((ExitCode.Ok, ""), (asked.ExitCode, asked.Errors));
        Assert.Equal(ExitCode.Usage, nothing.ExitCode);
        Assert.All(["up", "search", "tail", "cat", "audit", "status", "keys"], name => Assert.Contains($"\n  {name} ", asked.Text, StringComparison.Ordinal));
        Assert.DoesNotContain("demo-logs", asked.Text, StringComparison.Ordinal);
        Assert.Equal(asked.Text, nothing.Text);
    }

    [Theory]
    [InlineData("serach x", "'serach'", "tailer --help")]
    [InlineData("search --limit many", "'many'", "tailer search --help")]
    [InlineData("search a b", "'b'", "tailer search --help")]
    [InlineData("cat --host h", "--path", "tailer cat --help")]
    [InlineData("keys", "", "tailer keys --help")]
    [InlineData("keys issue --authority a --name n --out o --role chef", "'chef'", "tailer keys issue --help")]
    [InlineData("keys issue --authority a --name n --out o --role agent --valid never", "--valid is 'never', but must be", "tailer keys issue --help")]
    [InlineData("keys issue --authority a --name n --out o --role agent --hosts a/b", "--hosts is 'a/b', but must be own, any or a pattern", "tailer keys issue --help")]
    [InlineData("keys revoke --authority a --list l", "", "tailer keys revoke --help")]
    public async Task What_cannot_be_understood_is_64_and_names_the_place_to_look(string arguments, string complaint, string help)
    {
        ProcessResult result = await Run(arguments.Split(' '));
        Assert.Equal((ExitCode.Usage, ""), (result.ExitCode, result.Text));
        Assert.StartsWith("tailer: ", result.Errors, StringComparison.Ordinal);
        Assert.Contains(complaint, result.Errors, StringComparison.Ordinal);
        Assert.EndsWith($"Try '{help}'.\n", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("search", "x")]
    [InlineData("tail")]
    [InlineData("status")]
    [InlineData("audit")]
    [InlineData("cat", "--host", "h", "--path", "/p")]
    public async Task Without_a_running_set_every_command_is_78_and_says_what_to_start(params string[] command)
    {
        ProcessResult result = await Run([.. command, "--state", temp["none"]]);
        Assert.Equal((ExitCode.Config, ""), (result.ExitCode, result.Text));
        Assert.Equal($"tailer: {temp["none/up.json"]} is not there. Start tools/up, name its state directory with --state DIR, or a configuration with --config FILE.\n", result.Errors);
    }

    [Fact]
    public async Task A_configuration_with_errors_is_78_and_names_the_file()
    {
        string file = temp.File("archie.yaml", "http: nowhere\n");
        ProcessResult result = await Run("status", "--config", file);
        Assert.Equal(ExitCode.Config, result.ExitCode);
        Assert.Contains(file, result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("unexpected error", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_time_that_cannot_be_read_is_64()
    {
        ProcessResult result = await Run("cat", "--host", "h", "--path", "/p", "--from", "yesterday", "--state", temp["none"]);
        Assert.Equal(ExitCode.Usage, result.ExitCode);
        Assert.Contains("'yesterday'", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("search", "x")]
    [InlineData("tail")]
    [InlineData("status")]
    public async Task Without_archie_every_question_is_69(params string[] command)
    {
        SecretFile.Write(temp["token"], "secret"u8);
        int port = Cluster.FreePorts(1)[0];
        string file = temp.File("archie.yaml", $$"""
            http: 127.0.0.1:{{port}}
            token_file: token
            history: { path: history, expire_after: 1h }
            environments:
              - name: prod
                credential: c
                recent: { path: recent }
                archive: { path: archive }
                bucks: [{ name: buck-1, address: "127.0.0.1:1", http: "http://127.0.0.1:1" }]
            """);
        ProcessResult result = await Run([.. command, "--config", file]);
        Assert.Equal((ExitCode.Unavailable, ""), (result.ExitCode, result.Text));
        Assert.StartsWith($"tailer: archie at http://127.0.0.1:{port}/ does not answer: ", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("check", "Option '--query' is required.")]
    [InlineData("check --query x --warn many", "--warn is 'many', but must be a threshold such as 10 (more than 10)")]
    [InlineData("check --query x --warn a|b", "--warn is 'a\u00a6b'")]
    [InlineData("check --query x --over 5", "--over is '5', but must be a duration such as")]
    [InlineData("check --query x --webhook ftp://h", "--webhook is 'ftp://h', but must be an http or https URL")]
    [InlineData("check --query x --remember f", "--template and --remember need --webhook")]
    [InlineData("check --query x", "is not there. Start tools/up")]
    public async Task A_check_that_cannot_be_made_is_unknown_on_standard_output(string arguments, string complaint)
    {
        ProcessResult result = await Run([.. arguments.Split(' '), "--state", temp["none"]]);
        Assert.Equal((3, ""), (result.ExitCode, result.Errors));
        Assert.StartsWith("TAILER UNKNOWN - ", result.Text, StringComparison.Ordinal);
        Assert.Contains(complaint, result.Text, StringComparison.Ordinal);
    }

    private static Task<ProcessResult> Run(params string[] arguments) => TailerProcess.Run("tailer", arguments);
}
