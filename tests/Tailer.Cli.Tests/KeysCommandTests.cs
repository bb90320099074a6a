using Tailer.Hosting;
using Tailer.Testing;
using Tailer.Wire;

namespace Tailer.Cli.Tests;

/// <summary><c>tailer keys</c>, by the real executable and the files it leaves.</summary>
public sealed class KeysCommandTests : IDisposable
{
    private readonly TempDirectory temp = new();

    public void Dispose() => temp.Dispose();

    [Fact]
    public async Task An_issued_credential_is_of_its_environment_readable_by_its_owner_only_and_shown_without_secrets()
    {
        string authority = await NewAuthority();
        string file = temp["web1.credential"];
        Assert.Equal(0, (await Keys("issue", "--authority", authority, "--role", "agent", "--name", "web1", "--hosts", "*.example.com", "--valid", "7d", "--out", file)).ExitCode);

        CredentialFile credential = CredentialFile.Load(file);
        using EnvironmentAuthority issuer = EnvironmentAuthority.Load(authority);
        Assert.Equal((Role.Agent, "web1", "*.example.com", issuer.Environment), (credential.Credential.Role, credential.Credential.Name, credential.Credential.Hosts.ToString(), credential.Environment));
        Assert.Equal(SecretFile.Mode, File.GetUnixFileMode(file));
        Assert.Equal(SecretFile.Mode, File.GetUnixFileMode(authority));

        ProcessResult shown = await Keys("show", file);
        Assert.Equal(ExitCode.Ok, shown.ExitCode);
        Assert.StartsWith("agent web1\n  hosts        *.example.com\n", shown.Text, StringComparison.Ordinal);
        Assert.EndsWith("\nvalid now\n", shown.Text, StringComparison.Ordinal);
        string[] secrets = [.. File.ReadLines(file).Concat(File.ReadLines(authority)).Where(line => line.Contains("secret: ", StringComparison.Ordinal)).Select(line => line.Split(": ")[1])];
        Assert.Equal(2, secrets.Length);
        ProcessResult shownAuthority = await Keys("show", authority);
        Assert.Equal($"authority of environment {issuer.Environment}\n", shownAuthority.Text);
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, shown.Text + shownAuthority.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_key_is_never_overwritten_unless_a_credential_is_to_be_replaced()
    {
        string authority = await NewAuthority();
        string before = await File.ReadAllTextAsync(authority);
        ProcessResult again = await Keys("new", "--out", authority);
        Assert.Equal(ExitCode.Config, again.ExitCode);
        Assert.Contains("is not overwritten", again.Errors, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllTextAsync(authority));

        string[] issue = ["issue", "--authority", authority, "--role", "buck", "--name", "b", "--out", temp["b"]];
        Assert.Equal(ExitCode.Ok, (await Keys(issue)).ExitCode);
        CredentialSerial first = CredentialFile.Load(temp["b"]).Credential.Serial;
        Assert.Equal(ExitCode.Config, (await Keys(issue)).ExitCode);
        Assert.Equal(first, CredentialFile.Load(temp["b"]).Credential.Serial);
        Assert.Equal(ExitCode.Ok, (await Keys([.. issue, "--replace"])).ExitCode);
        Assert.NotEqual(first, CredentialFile.Load(temp["b"]).Credential.Serial);
    }

    [Fact]
    public async Task An_intermediate_issues_what_it_may_and_nothing_else()
    {
        string authority = await NewAuthority();
        string site = temp["site"];
        Assert.Equal(ExitCode.Ok, (await Keys("intermediate", "--authority", authority, "--role", "agent", "--names", "web*", "--out", site)).ExitCode);
        Assert.Equal(ExitCode.Ok, (await Keys("issue", "--authority", site, "--role", "agent", "--name", "web1", "--valid", "1d", "--out", temp["web1"])).ExitCode);
        Assert.Contains("issued by\nintermediate for ", (await Keys("show", temp["web1"])).Text, StringComparison.Ordinal);

        ProcessResult name = await Keys("issue", "--authority", site, "--role", "agent", "--name", "db1", "--valid", "1d", "--out", temp["db1"]);
        ProcessResult role = await Keys("issue", "--authority", site, "--role", "porter", "--name", "web2", "--valid", "1d", "--out", temp["web2"]);
        ProcessResult another = await Keys("intermediate", "--authority", site, "--role", "agent", "--names", "web*", "--out", temp["other"]);
        Assert.All([name, role, another], refused => Assert.Equal((ExitCode.Usage, ""), (refused.ExitCode, refused.Text)));
        Assert.StartsWith("tailer: this intermediate may not issue agent db1 ", name.Errors, StringComparison.Ordinal);
        Assert.All(["db1", "web2", "other"], file => Assert.False(File.Exists(temp[file])));
    }

    [Fact]
    public async Task A_credential_that_has_expired_is_shown_with_exit_code_3()
    {
        using EnvironmentAuthority authority = EnvironmentAuthority.Create();
        var lastYear = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UtcNow.AddYears(-1));
        authority.Issue(Role.Agent, "old", HostsPolicy.Own, TimeSpan.FromDays(1), lastYear).Save(temp["old"]);
        ProcessResult shown = await Keys("show", temp["old"]);
        Assert.Equal(ExitCode.Incomplete, shown.ExitCode);
        Assert.EndsWith("\nNOT valid now: Expired\n", shown.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Revocations_add_up_by_serial_or_by_file_and_count_once()
    {
        string authority = await NewAuthority();
        foreach (string name in new[] { "a", "b" })
            await Keys("issue", "--authority", authority, "--role", "agent", "--name", name, "--out", temp[name]);
        CredentialSerial a = CredentialFile.Load(temp["a"]).Credential.Serial;
        CredentialSerial b = CredentialFile.Load(temp["b"]).Credential.Serial;
        string list = temp["revoked"];

        Assert.Equal($"{list}: 1 revoked\n", (await Keys("revoke", "--authority", authority, "--list", list, temp["a"])).Text);
        Assert.Equal($"{list}: 2 revoked\n", (await Keys("revoke", "--authority", authority, "--list", list, b.ToString(), a.ToString())).Text);
        using EnvironmentAuthority issuer = EnvironmentAuthority.Load(authority);
        Assert.Equal([a, b], RevocationList.Load(list, issuer.Trust).Serials.ToHashSet());

        ProcessResult neither = await Keys("revoke", "--authority", authority, "--list", list, "web1");
        Assert.Equal((ExitCode.Usage, "tailer: 'web1' is neither a serial of 32 hex digits nor a credential file\n"), (neither.ExitCode, neither.Errors));
    }

    [Fact]
    public async Task A_file_that_is_no_key_is_78_and_is_named()
    {
        string file = temp.File("notes.txt", "shopping list\n");
        File.SetUnixFileMode(file, SecretFile.Mode);
        ProcessResult[] results =
        [
            await Keys("show", file),
            await Keys("issue", "--authority", file, "--role", "agent", "--name", "a", "--out", temp["a"]),
            await Keys("show", temp["none"]),
        ];
        Assert.All(results, result => Assert.Equal((ExitCode.Config, ""), (result.ExitCode, result.Text)));
        Assert.All(results[..2], result => Assert.StartsWith($"tailer: {file} does not start with the line ", result.Errors, StringComparison.Ordinal));
        Assert.Equal($"tailer: {temp["none"]} is not there\n", results[2].Errors);
    }

    private async Task<string> NewAuthority()
    {
        string path = temp["prod.authority"];
        ProcessResult made = await Keys("new", "--out", path);
        Assert.True(made.ExitCode == 0, made.Errors);
        return path;
    }

    private static Task<ProcessResult> Keys(params string[] arguments) => TailerProcess.Run("tailer", ["keys", .. arguments]);
}
