using Microsoft.Extensions.Time.Testing;
using Tailer.Testing;

namespace Tailer.Wire.Tests.Credentials;

public sealed class TicketTests : IDisposable
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly EnvironmentAuthority authority = EnvironmentAuthority.Create();

    public void Dispose() => authority.Dispose();

    [Theory]
    [InlineData(Role.Archie)]
    [InlineData(Role.Operator)]
    public void A_ticket_of_an_archie_or_operator_gives_back_its_rights_and_subject(Role role)
    {
        string ticket = Ticket.Issue(Issue(role), "app:web level:error", TimeSpan.FromMinutes(10), clock, "jane");
        TicketResult result = Ticket.Verify(ticket, authority.Trust, clock);
        Assert.Equal((TicketStatus.Valid, "app:web level:error", "jane"), (result.Status, result.Rights, result.Subject));
        Assert.Equal(Tailer.Blocks.LogTime.Now(clock) + (10 * Tailer.Blocks.LogTime.PerMinute), result.Expires);
        Assert.True(ticket.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
    }

    [Theory]
    [InlineData(Role.Agent)]
    [InlineData(Role.Buck)]
    [InlineData(Role.Porter)]
    public void Others_cannot_issue_one(Role role) =>
        Assert.Throws<ArgumentException>(() => Ticket.Issue(Issue(role), "", TimeSpan.FromMinutes(1), clock));

    [Fact]
    public void Any_changed_character_is_refused()
    {
        string ticket = Ticket.Issue(Issue(Role.Archie), "level:error", TimeSpan.FromMinutes(10), clock, "jane", "live");
        Assert.Equal(TicketStatus.Valid, Ticket.Verify(ticket, authority.Trust, clock, "live").Status);
        for (int i = 0; i < ticket.Length; i++)
        {
            string changed = ticket[..i] + (ticket[i] == 'A' ? 'B' : 'A') + ticket[(i + 1)..];
            TicketResult result = Ticket.Verify(changed, authority.Trust, clock, "live");
            Assert.NotEqual(TicketStatus.Valid, result.Status);
            Assert.Equal("", result.Rights);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("abc")]
    [InlineData("not a ticket")]
    [InlineData("AAAA====")]
    public void What_is_no_ticket_is_malformed(string? text) =>
        Assert.Equal(TicketStatus.Malformed, Ticket.Verify(text, authority.Trust, clock).Status);

    [Fact]
    public void Padding_white_space_and_cuts_are_malformed()
    {
        string ticket = Ticket.Issue(Issue(Role.Archie), "", TimeSpan.FromMinutes(10), clock);
        foreach (string text in new[] { ticket + "=", ticket + " ", " " + ticket, ticket + "\n", ticket + new string('A', 4096) })
            Assert.Equal(TicketStatus.Malformed, Ticket.Verify(text, authority.Trust, clock).Status);
        for (int keep = 0; keep < ticket.Length; keep++)
            Assert.NotEqual(TicketStatus.Valid, Ticket.Verify(ticket[..keep], authority.Trust, clock).Status);
    }

    [Fact]
    public void Time_audience_and_environment_are_checked()
    {
        string ticket = Ticket.Issue(Issue(Role.Archie), "", TimeSpan.FromMinutes(10), clock, audience: "live");
        using var other = EnvironmentAuthority.Create();
        Assert.Equal(TicketStatus.OtherEnvironment, Ticket.Verify(ticket, other.Trust, clock, "live").Status);
        Assert.Equal(TicketStatus.OtherAudience, Ticket.Verify(ticket, authority.Trust, clock, "tail").Status);
        Assert.Equal(TicketStatus.NotYetValid, Ticket.Verify(ticket, authority.Trust, new FakeTimeProvider(clock.GetUtcNow().AddMinutes(-6)), "live").Status);
        Assert.Equal(TicketStatus.Valid, Ticket.Verify(ticket, authority.Trust, new FakeTimeProvider(clock.GetUtcNow().AddMinutes(-4)), "live").Status);
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(TicketStatus.Expired, Ticket.Verify(ticket, authority.Trust, clock, "live").Status);
    }

    [Fact]
    public void A_ticket_dies_with_its_signers_credential()
    {
        using var directory = new TempDirectory();
        CredentialFile archie = Issue(Role.Archie);
        string ticket = Ticket.Issue(archie, "", TimeSpan.FromHours(2), clock);
        authority.SaveRevocations(directory["revoked"], [archie.Credential.Serial], clock);
        EnvironmentTrust strict = authority.Trust.With(RevocationList.Load(directory["revoked"], authority.Trust));
        TicketResult result = Ticket.Verify(ticket, strict, clock);
        Assert.Equal((TicketStatus.SignerRefused, CredentialFailure.Revoked), (result.Status, result.SignerFailure));
        clock.Advance(TimeSpan.FromHours(1));
        result = Ticket.Verify(ticket, authority.Trust, clock);
        Assert.Equal((TicketStatus.SignerRefused, CredentialFailure.Expired), (result.Status, result.SignerFailure));
    }

    [Fact]
    public void Too_long_lives_and_texts_are_refused_and_the_longest_ticket_fits()
    {
        CredentialFile archie = Issue(Role.Archie);
        Assert.Throws<ArgumentException>(() => Ticket.Issue(archie, "", TimeSpan.FromHours(25), clock));
        Assert.Throws<ArgumentException>(() => Ticket.Issue(archie, "", TimeSpan.Zero, clock));
        Assert.Throws<ArgumentException>(() => Ticket.Issue(archie, new string('x', 1025), TimeSpan.FromHours(1), clock));
        string name = new('n', 128);
        using EnvironmentAuthority intermediate = authority.IssueIntermediate(
            RoleSet.All, new string('*', 128), HostsPolicy.Matching(new string('*', 128)), TimeSpan.FromDays(1), clock);
        CredentialFile longest = intermediate.Issue(Role.Archie, name, HostsPolicy.Matching(new string('*', 128)), TimeSpan.FromDays(1), clock);
        string ticket = Ticket.Issue(longest, new string('r', 1024), TimeSpan.FromHours(1), clock, new string('s', 128), new string('a', 64));
        Assert.True(ticket.Length <= Ticket.CharsMax, $"{ticket.Length}");
        Assert.Equal(TicketStatus.Valid, Ticket.Verify(ticket, authority.Trust, clock, new string('a', 64)).Status);
    }

    private CredentialFile Issue(Role role) => authority.Issue(role, "one", HostsPolicy.Own, TimeSpan.FromHours(1), clock);
}
