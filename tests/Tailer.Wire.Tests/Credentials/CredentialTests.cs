using Microsoft.Extensions.Time.Testing;
using Tailer.Blocks;
using Tailer.Testing;

namespace Tailer.Wire.Tests.Credentials;

public sealed class CredentialTests : IDisposable
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly EnvironmentAuthority authority = EnvironmentAuthority.Create();
    private readonly TempDirectory directory = new();

    private ulong Now => LogTime.Now(clock);

    public void Dispose()
    {
        authority.Dispose();
        directory.Dispose();
    }

    [Fact]
    public void An_issued_credential_says_what_was_asked_for_and_is_trusted()
    {
        CredentialFile file = Issue(authority, Role.Agent, "web1.example.com", HostsPolicy.Matching("*.example.com"));
        Assert.Equal(CredentialFailure.None, authority.Trust.Verify(file.Chain, Now));
        Assert.Equal((Role.Agent, "web1.example.com", "*.example.com"), (file.Credential.Role, file.Credential.Name, file.Credential.Hosts.ToString()));
        Assert.Equal(Now + LogTime.PerDay, file.Credential.NotAfter);
        Assert.NotEqual(file.Credential.Serial, Issue(authority, Role.Agent, "web1.example.com").Credential.Serial);
    }

    [Fact]
    public void Any_flipped_byte_of_a_chain_is_refused()
    {
        using EnvironmentAuthority intermediate = Intermediate();
        foreach (CredentialFile file in new[] { Issue(authority, Role.Archie, "a"), Issue(intermediate, Role.Agent, "web1") })
        {
            byte[] bytes = file.Chain.ToBytes();
            for (int i = 0; i < bytes.Length; i++)
            {
                byte[] changed = [.. bytes];
                changed[i] ^= 0x04;
                if (CredentialChain.TryRead(changed, out CredentialChain? chain))
                    Assert.NotEqual(CredentialFailure.None, authority.Trust.Verify(chain, Now));
            }
        }
    }

    [Fact]
    public void Any_cut_of_a_chain_is_malformed()
    {
        using EnvironmentAuthority intermediate = Intermediate();
        byte[] bytes = Issue(intermediate, Role.Agent, "web1").Chain.ToBytes();
        for (int keep = 0; keep < bytes.Length; keep++)
            Assert.False(CredentialChain.TryRead(bytes.AsSpan(0, keep), out _));
        Assert.False(CredentialChain.TryRead([.. bytes, 0], out _));
    }

    [Fact]
    public void Each_reason_to_refuse_has_its_own_name()
    {
        using var other = EnvironmentAuthority.Create();
        CredentialFile file = Issue(authority, Role.Agent, "web1");
        Assert.Equal(CredentialFailure.WrongAuthority, other.Trust.Verify(file.Chain, Now));
        Assert.Equal(CredentialFailure.Expired, authority.Trust.Verify(file.Chain, Now + LogTime.PerDay));
        Assert.Equal(CredentialFailure.None, authority.Trust.Verify(file.Chain, Now + LogTime.PerDay - 1));
        Assert.Equal(CredentialFailure.None, authority.Trust.Verify(file.Chain, Now - (10 * LogTime.PerMinute)));
        Assert.Equal(CredentialFailure.NotYetValid, authority.Trust.Verify(file.Chain, Now - (10 * LogTime.PerMinute) - 1));
        authority.SaveRevocations(directory["revoked"], [file.Credential.Serial], clock);
        EnvironmentTrust strict = authority.Trust.With(RevocationList.Load(directory["revoked"], authority.Trust));
        Assert.Equal(CredentialFailure.Revoked, strict.Verify(file.Chain, Now));
    }

    [Fact]
    public void An_intermediate_issues_within_its_constraints_and_nothing_else()
    {
        using EnvironmentAuthority intermediate = Intermediate();
        Assert.Equal(CredentialFailure.None, authority.Trust.Verify(Issue(intermediate, Role.Agent, "web9").Chain, Now));
        Assert.Throws<ArgumentException>(() => Issue(intermediate, Role.Buck, "web9"));
        Assert.Throws<ArgumentException>(() => Issue(intermediate, Role.Agent, "db1"));
        Assert.Throws<ArgumentException>(() => Issue(intermediate, Role.Agent, "web9", HostsPolicy.Any));
        Assert.Throws<ArgumentException>(() => Issue(intermediate, Role.Agent, "web9", HostsPolicy.Matching("*")));
        Assert.NotNull(Issue(intermediate, Role.Agent, "web9", HostsPolicy.Matching("web*")));
        Assert.Throws<InvalidOperationException>(() => intermediate.IssueIntermediate(RoleSet.Agent, "web*", HostsPolicy.Own, TimeSpan.FromDays(1), clock));
        Assert.Throws<InvalidOperationException>(() => intermediate.SaveRevocations(directory["revoked"], [], clock));
    }

    [Fact]
    public void What_an_intermediate_signs_outside_its_constraints_is_refused_by_name()
    {
        // The issuing side can be bypassed by whoever holds the key; the verifying side cannot.
        using EnvironmentAuthority narrow = Intermediate();
        using EnvironmentAuthority wide = authority.IssueIntermediate(RoleSet.All, "*", HostsPolicy.Any, TimeSpan.FromDays(1), clock);
        Assert.Equal(CredentialFailure.RoleNotAllowed, Forge(narrow, wide, Role.Buck, "web1", HostsPolicy.Own));
        Assert.Equal(CredentialFailure.NameNotAllowed, Forge(narrow, wide, Role.Agent, "db1", HostsPolicy.Own));
        Assert.Equal(CredentialFailure.HostsNotAllowed, Forge(narrow, wide, Role.Agent, "web1", HostsPolicy.Any));
        Assert.Equal(CredentialFailure.None, Forge(narrow, wide, Role.Agent, "web1", HostsPolicy.Own));
    }

    [Fact]
    public void A_credential_outlives_neither_its_intermediate_nor_its_revocation()
    {
        using EnvironmentAuthority intermediate = authority.IssueIntermediate(RoleSet.Agent, "*", HostsPolicy.Own, TimeSpan.FromHours(2), clock);
        CredentialFile file = intermediate.Issue(Role.Agent, "web1", HostsPolicy.Own, TimeSpan.FromDays(300), clock);
        Assert.Equal(CredentialFailure.None, authority.Trust.Verify(file.Chain, Now + LogTime.PerHour));
        Assert.Equal(CredentialFailure.Expired, authority.Trust.Verify(file.Chain, Now + (2 * LogTime.PerHour)));
        authority.SaveRevocations(directory["revoked"], [intermediate.Intermediate!.Serial], clock);
        EnvironmentTrust strict = authority.Trust.With(RevocationList.Load(directory["revoked"], authority.Trust));
        Assert.Equal(CredentialFailure.Revoked, strict.Verify(file.Chain, Now));
    }

    [Fact]
    public void Files_are_read_back_as_they_were_written_and_are_private()
    {
        using EnvironmentAuthority intermediate = Intermediate();
        authority.Save(directory["authority"]);
        intermediate.Save(directory["intermediate"]);
        CredentialFile written = Issue(intermediate, Role.Agent, "web1");
        written.Save(directory["credential"]);
        foreach (string name in new[] { "authority", "intermediate", "credential" })
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(directory[name]));

        using EnvironmentAuthority authorityRead = EnvironmentAuthority.Load(directory["authority"]);
        using EnvironmentAuthority intermediateRead = EnvironmentAuthority.Load(directory["intermediate"]);
        Assert.Equal(authority.Environment, authorityRead.Environment);
        Assert.Equal(intermediate.Intermediate!.Serial, intermediateRead.Intermediate!.Serial);
        CredentialFile read = CredentialFile.Load(directory["credential"]);
        Assert.Equal(written.Chain.ToBytes(), read.Chain.ToBytes());
        Assert.Equal(authority.Environment, read.Environment);
        Assert.Equal(CredentialFailure.None, authority.Trust.Verify(Issue(authorityRead, Role.Buck, "b").Chain, Now));
        Assert.Equal(CredentialFailure.None, authority.Trust.Verify(Issue(intermediateRead, Role.Agent, "web2").Chain, Now));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void A_secret_that_others_can_reach_is_refused_with_what_to_do(UnixFileMode extra)
    {
        string path = directory["credential"];
        Issue(authority, Role.Agent, "web1").Save(path);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | extra);
        Assert.Contains($"chmod 600 {path}", Assert.Throws<CredentialFileException>(() => CredentialFile.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_are_never_overwritten_but_a_credential_is_when_asked()
    {
        string path = directory["file"];
        authority.Save(path);
        Assert.Contains("exists", Assert.Throws<CredentialFileException>(() => authority.Save(path)).Message, StringComparison.Ordinal);
        CredentialFile credential = Issue(authority, Role.Agent, "web1");
        Assert.Throws<CredentialFileException>(() => credential.Save(path));
        credential.Save(path, replace: true);
        Assert.Equal(credential.Credential.Serial, CredentialFile.Load(path).Credential.Serial);
    }

    [Fact]
    public void Damaged_and_mixed_up_files_are_refused_with_their_path()
    {
        string path = directory["credential"];
        CredentialFile one = Issue(authority, Role.Archie, "a");
        one.Save(path);
        string[] lines = File.ReadAllLines(path);
        Issue(authority, Role.Archie, "b").Save(directory["other"]);
        string[] other = File.ReadAllLines(directory["other"]);
        Rejected(path, []);
        Rejected(path, ["tailer-credential-2", .. lines[1..]]);
        Rejected(path, lines.Where(l => !l.StartsWith("chain", StringComparison.Ordinal)));
        Rejected(path, [.. lines, lines[^1]]);
        Rejected(path, lines.Select(l => l.StartsWith("channel-secret", StringComparison.Ordinal) ? other.Single(o => o.StartsWith("channel-secret", StringComparison.Ordinal)) : l));
        Rejected(path, lines.Select(l => l.StartsWith("signing-secret", StringComparison.Ordinal) ? other.Single(o => o.StartsWith("signing-secret", StringComparison.Ordinal)) : l));
        Rejected(path, lines.Where(l => !l.StartsWith("signing-secret", StringComparison.Ordinal)));
        Rejected(path, lines.Select(l => l.Replace("authority: ", "authority: !", StringComparison.Ordinal)));
        Assert.Contains("cannot be read", Assert.Throws<CredentialFileException>(() => CredentialFile.Load(directory["none"])).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", Assert.Throws<CredentialFileException>(() => EnvironmentAuthority.Load(directory["none"])).Message, StringComparison.Ordinal);
        Assert.Contains("tailer-authority-1", Assert.Throws<CredentialFileException>(() => EnvironmentAuthority.Load(directory["other"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_revocation_list_that_was_changed_or_is_anothers_is_refused()
    {
        string path = directory["revoked"];
        CredentialSerial[] serials = [CredentialSerial.Create(), CredentialSerial.Create()];
        authority.SaveRevocations(path, serials, clock);
        RevocationList list = RevocationList.Load(path, authority.Trust);
        Assert.Equal(serials.ToHashSet(), list.Serials.ToHashSet());
        Assert.Equal(Now, list.Issued);
        string text = File.ReadAllText(path);
        File.WriteAllText(path, text.Replace(serials[0].ToString(), CredentialSerial.Create().ToString(), StringComparison.Ordinal));
        Assert.Throws<CredentialFileException>(() => RevocationList.Load(path, authority.Trust));
        File.WriteAllLines(path, text.Split('\n').Where(l => !l.Contains(serials[1].ToString(), StringComparison.Ordinal)));
        Assert.Throws<CredentialFileException>(() => RevocationList.Load(path, authority.Trust));
        using var other = EnvironmentAuthority.Create();
        File.WriteAllText(path, text);
        Assert.Throws<CredentialFileException>(() => RevocationList.Load(path, other.Trust));
    }

    [Theory]
    [InlineData("own", "web1.example.com", "web1.example.com", true)]
    [InlineData("own", "web1.example.com", "WEB1", true)]
    [InlineData("own", "web1.example.com", "web", false)]
    [InlineData("own", "web1.example.com", "web1.example.com.", false)]
    [InlineData("own", "web1", "web1.example.com", false)]
    [InlineData("own", "web1", "", false)]
    [InlineData("any", "web1", "whatever", true)]
    [InlineData("db-?.*", "syslog", "db-1.example.com", true)]
    [InlineData("db-?.*", "syslog", "db-12.example.com", false)]
    [InlineData("db-?.*", "syslog", "syslog", true)]
    [InlineData("*a*a*a*b", "x", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac", false)]
    public void A_hosts_policy_says_whose_lines_may_be_brought(string policy, string name, string host, bool allowed)
    {
        Assert.True(HostsPolicy.TryParse(policy, out HostsPolicy parsed));
        Assert.Equal(allowed, parsed.Allows(name, host));
        Assert.Equal(policy, parsed.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("../x")]
    [InlineData("*")]
    [InlineData("é")]
    public void A_name_that_is_not_safe_everywhere_is_not_issued(string name) =>
        Assert.Throws<ArgumentException>(() => Issue(authority, Role.Agent, name));

    private static void Rejected(string path, IEnumerable<string> lines)
    {
        File.WriteAllLines(path, lines);
        Assert.Contains(path, Assert.Throws<CredentialFileException>(() => CredentialFile.Load(path)).Message, StringComparison.Ordinal);
    }

    private EnvironmentAuthority Intermediate() =>
        authority.IssueIntermediate(RoleSet.Agent, "web*", HostsPolicy.Matching("web*"), TimeSpan.FromDays(2), clock);

    private CredentialFile Issue(EnvironmentAuthority from, Role role, string name, HostsPolicy hosts = default) =>
        from.Issue(role, name, hosts, TimeSpan.FromDays(1), clock);

    /// <summary>A record that the narrow intermediate's key signed, without its issuing code: saved as if its constraints were wide.</summary>
    private CredentialFailure Forge(EnvironmentAuthority narrow, EnvironmentAuthority wide, Role role, string name, HostsPolicy hosts)
    {
        string narrowPath = directory[$"narrow-{Guid.NewGuid()}"];
        narrow.Save(narrowPath);
        byte[] secret = Convert.FromBase64String(File.ReadLines(narrowPath).Single(l => l.StartsWith("secret", StringComparison.Ordinal)).Split(' ')[1]);
        byte[] record = wide.Issue(role, name, hosts, TimeSpan.FromHours(1), clock).Credential.ToSignedBytes(secret);
        byte[] narrowRecord = Convert.FromBase64String(File.ReadLines(narrowPath).Single(l => l.StartsWith("intermediate", StringComparison.Ordinal)).Split(' ')[1]);
        return authority.Trust.Verify(CredentialChain.FromRecords(record, narrowRecord)!, Now);
    }
}
