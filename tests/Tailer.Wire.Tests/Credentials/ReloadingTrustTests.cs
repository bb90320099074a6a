using Microsoft.Extensions.Time.Testing;
using Tailer.Testing;

namespace Tailer.Wire.Tests.Credentials;

public sealed class ReloadingTrustTests : IDisposable
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly EnvironmentAuthority authority = EnvironmentAuthority.Create();
    private readonly TempDirectory directory = new();
    private readonly List<string> problems = [];
    private readonly CredentialSerial first = CredentialSerial.Create();
    private readonly CredentialSerial second = CredentialSerial.Create();

    private string List => directory["revoked"];

    public void Dispose()
    {
        authority.Dispose();
        directory.Dispose();
    }

    [Fact]
    public void A_changed_list_counts_within_ten_seconds()
    {
        authority.SaveRevocations(List, [first], clock);
        var trust = new ReloadingTrust(authority.Trust, List, clock, problems.Add);
        Assert.True(trust.Current.Revocations.Contains(first));
        clock.Advance(TimeSpan.FromSeconds(9));
        authority.SaveRevocations(List, [first, second], clock);
        Assert.False(trust.Current.Revocations.Contains(second));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(trust.Current.Revocations.Contains(second));
        Assert.Empty(problems);
    }

    [Fact]
    public void An_older_a_damaged_or_a_missing_list_changes_nothing_and_is_reported_once()
    {
        authority.SaveRevocations(List, [], clock);
        byte[] old = File.ReadAllBytes(List);
        clock.Advance(TimeSpan.FromSeconds(1));
        authority.SaveRevocations(List, [first], clock);
        var trust = new ReloadingTrust(authority.Trust, List, clock, problems.Add);
        Look(trust, () => File.WriteAllBytes(List, old));
        Assert.Contains("older", Assert.Single(problems), StringComparison.Ordinal);
        Look(trust, () => File.WriteAllText(List, "tailer-revoked-1\nissued: 1\n"));
        Look(trust, () => File.Delete(List));
        Look(trust, () => { });
        Assert.Equal(3, problems.Count);
        Assert.All(problems, problem => Assert.Contains(List, problem, StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_good_list_it_does_not_start()
    {
        Assert.Throws<CredentialFileException>(() => new ReloadingTrust(authority.Trust, List, clock, problems.Add));
        using var other = EnvironmentAuthority.Create();
        other.SaveRevocations(List, [], clock);
        Assert.Throws<CredentialFileException>(() => new ReloadingTrust(authority.Trust, List, clock, problems.Add));
    }

    private void Look(ReloadingTrust trust, Action change)
    {
        change();
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.True(trust.Current.Revocations.Contains(first));
    }
}
