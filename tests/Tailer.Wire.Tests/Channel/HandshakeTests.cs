using Microsoft.Extensions.Time.Testing;
using Tailer.Blocks;
using Tailer.Testing;

namespace Tailer.Wire.Tests.Channel;

public sealed class HandshakeTests : IDisposable
{
    private readonly TestEnvironment environment = new();

    public void Dispose() => environment.Dispose();

    [Fact]
    public async Task Both_sides_learn_who_the_other_is()
    {
        ChannelPair pair = await ChannelPair.OpenAsync(environment, new ChannelOptions { Software = "tailer-agent 0.1.0" });
        Assert.Equal("buck buck1", pair.AgentChannel.Peer.ToString());
        Assert.Equal("agent web1", pair.BuckChannel.Peer.ToString());
        Assert.Equal("tailer-agent 0.1.0", pair.BuckChannel.Peer.Software);
        Assert.Equal(1, pair.AgentChannel.Version);
    }

    [Fact]
    public async Task An_intermediates_credential_is_accepted()
    {
        using EnvironmentAuthority intermediate = environment.Authority.IssueIntermediate(
            RoleSet.Agent, "web*", HostsPolicy.Own, TimeSpan.FromDays(1), TimeProvider.System);
        CredentialFile agent = intermediate.Issue(Role.Agent, "web7", HostsPolicy.Own, TimeSpan.FromHours(1), TimeProvider.System);
        ChannelPair pair = await ChannelPair.OpenAsync(agent, environment.Issue(Role.Buck));
        Assert.Equal("web7", pair.BuckChannel.Peer.Name);
    }

    [Fact]
    public async Task Another_environment_is_refused_by_name_on_both_sides()
    {
        using var other = new TestEnvironment();
        ChannelPair pair = await ChannelPair.OpenAsync(other.Issue(Role.Agent), environment.Issue(Role.Buck));
        Assert.Equal(HandshakeStatus.OtherEnvironment, pair.Agent.Status);
        Assert.Equal(HandshakeStatus.OtherEnvironment, pair.Buck.Status);
        Assert.Equal(
            $"buck 127.0.0.1:7411 belongs to environment {environment.Authority.Environment}, this credential to {other.Authority.Environment}; "
            + "check `credential:` and the address", pair.Agent.Text);
        Assert.Contains(other.Authority.Environment.ToString(), pair.Buck.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1, 2, 3, null)]
    [InlineData(2, 3, 1, 1, null)]
    [InlineData(1, 2, 2, 3, 2)]
    [InlineData(2, 3, 1, 2, 2)]
    [InlineData(1, 2, 1, 2, 2)]
    public async Task The_greatest_common_version_is_used_and_none_is_refused_on_both_sides(int agentMin, int agentMax, int buckMin, int buckMax, int? version)
    {
        ChannelPair pair = await ChannelPair.OpenAsync(
            environment, new ChannelOptions { VersionMin = agentMin, VersionMax = agentMax }, new ChannelOptions { VersionMin = buckMin, VersionMax = buckMax });
        if (version is null)
        {
            Assert.Equal(HandshakeStatus.NoCommonVersion, pair.Agent.Status);
            Assert.Equal(HandshakeStatus.NoCommonVersion, pair.Buck.Status);
            return;
        }
        Assert.Equal(version, pair.AgentChannel.Version);
        Assert.Equal(version, pair.BuckChannel.Version);
    }

    [Fact]
    public async Task An_expired_credential_is_refused_and_both_sides_say_so()
    {
        var past = new FakeTimeProvider(DateTimeOffset.UtcNow.AddDays(-3));
        ChannelPair pair = await ChannelPair.OpenAsync(environment.Issue(Role.Agent, clock: past), environment.Issue(Role.Buck));
        AssertRefused(pair, CredentialFailure.Expired, "expired at");
    }

    [Fact]
    public async Task A_credential_of_the_future_is_refused_and_both_sides_say_so()
    {
        var future = new FakeTimeProvider(DateTimeOffset.UtcNow.AddDays(3));
        ChannelPair pair = await ChannelPair.OpenAsync(environment.Issue(Role.Agent, clock: future), environment.Issue(Role.Buck));
        AssertRefused(pair, CredentialFailure.NotYetValid, "check both clocks");
    }

    [Fact]
    public async Task A_revoked_credential_is_refused_and_both_sides_say_so()
    {
        using var directory = new TempDirectory();
        CredentialFile agent = environment.Issue(Role.Agent);
        environment.Authority.SaveRevocations(directory["revoked"], [agent.Credential.Serial], TimeProvider.System);
        CredentialFile buck = environment.Issue(Role.Buck);
        EnvironmentTrust trust = buck.Trust.With(RevocationList.Load(directory["revoked"], buck.Trust));
        AssertRefused(await ChannelPair.OpenAsync(agent, buck, trust: trust), CredentialFailure.Revoked, "revoked");
        Assert.Equal(HandshakeStatus.Ok, (await ChannelPair.OpenAsync(environment.Issue(Role.Agent), buck, trust: trust)).Buck.Status);
    }

    [Fact]
    public async Task A_buck_does_not_welcome_another_buck()
    {
        ChannelPair pair = await ChannelPair.OpenAsync(environment.Issue(Role.Buck, "a"), environment.Issue(Role.Buck, "b"));
        AssertRefused(pair, CredentialFailure.RoleNotAllowed, "role");
    }

    [Fact]
    public async Task An_initiator_that_meets_no_buck_refuses_before_it_says_who_it_is()
    {
        ChannelPair pair = await ChannelPair.OpenAsync(environment.Issue(Role.Agent, "secret-name"), environment.Issue(Role.Agent, "impostor"));
        Assert.Equal((HandshakeStatus.PeerRefused, CredentialFailure.RoleNotAllowed), (pair.Agent.Status, pair.Agent.Credential));
        Assert.Equal((HandshakeStatus.RefusedByPeer, CredentialFailure.RoleNotAllowed), (pair.Buck.Status, pair.Buck.Credential));
        // Hello, message 1 and the alert: no message with an identity was written.
        Assert.Equal(Hello.Bytes + 2 + 32 + 4, pair.AgentStream.BytesWritten);
    }

    [Fact]
    public async Task A_stolen_credential_without_its_key_is_refused()
    {
        CredentialFile victim = environment.Issue(Role.Agent, "victim");
        CredentialFile thief = environment.Issue(Role.Agent, "thief");
        var forged = new CredentialFile(victim.Chain, thief.Trust, thief.ChannelSecret.ToArray(), []);
        AssertRefused(await ChannelPair.OpenAsync(forged, environment.Issue(Role.Buck)), CredentialFailure.KeyMismatch, "another key");
    }

    [Fact]
    public async Task A_busy_buck_says_so()
    {
        ChannelPair pair = await ChannelPair.OpenAsync(environment.Issue(Role.Agent), environment.Issue(Role.Buck), busy: true);
        Assert.Equal((HandshakeStatus.Busy, HandshakeStatus.Busy), (pair.Agent.Status, pair.Buck.Status));
    }

    [Fact]
    public async Task Any_flipped_byte_of_a_handshake_ends_it_on_both_sides_without_an_exception()
    {
        CredentialFile agent = environment.Issue(Role.Agent);
        CredentialFile buck = environment.Issue(Role.Buck);
        ChannelPair whole = await ChannelPair.OpenAsync(agent, buck);
        (int fromAgent, int fromBuck) = ((int)whole.AgentStream.BytesWritten, (int)whole.BuckStream.BytesWritten);
        var quick = new ChannelOptions { HandshakeTimeout = TimeSpan.FromMilliseconds(150) };
        for (int i = 0; i < fromAgent + fromBuck; i += 3)
        {
            int at = i;
            ChannelPair pair = await ChannelPair.OpenAsync(agent, buck, quick, quick, (left, right) =>
            {
                if (at < fromAgent)
                    left.Change = Flip(at);
                else
                    right.Change = Flip(at - fromAgent);
            });
            // After the last byte of its last message a side may believe in success until the first record.
            Assert.False(pair.Agent.Status == HandshakeStatus.Ok && pair.Buck.Status == HandshakeStatus.Ok, $"byte {at}");
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n", HandshakeStatus.NotTailer)]
    [InlineData("", HandshakeStatus.Disconnected)]
    [InlineData("TLRW", HandshakeStatus.Disconnected)]
    public async Task A_stranger_is_turned_away(string says, HandshakeStatus expected)
    {
        (DuplexStream left, DuplexStream right) = DuplexStream.Pair();
        CredentialFile buck = environment.Issue(Role.Buck);
        Task<HandshakeResult> accepting = SecureChannel.AcceptAsync(right, buck, buck.Trust, RoleSet.All, "peer");
        await left.WriteAsync(System.Text.Encoding.ASCII.GetBytes(says));
        await left.DisposeAsync();
        Assert.Equal(expected, (await accepting.WaitAsync(TestEnvironment.Patience)).Status);
    }

    [Fact]
    public async Task A_handshake_message_over_the_limit_is_refused_before_it_is_read()
    {
        (DuplexStream left, DuplexStream right) = DuplexStream.Pair();
        CredentialFile buck = environment.Issue(Role.Buck);
        Task<HandshakeResult> accepting = SecureChannel.AcceptAsync(right, buck, buck.Trust, RoleSet.All, "peer");
        await left.WriteAsync(new Hello(1, 1, HelloStatus.Ok, 0, buck.Environment).ToBytes());
        await left.WriteAsync(new byte[] { 0xff, 0xff });
        Assert.Equal(HandshakeStatus.Malformed, (await accepting.WaitAsync(TestEnvironment.Patience)).Status);
    }

    [Fact]
    public async Task A_silent_peer_is_given_up_after_the_timeout()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        (_, DuplexStream right) = DuplexStream.Pair();
        CredentialFile buck = environment.Issue(Role.Buck);
        Task<HandshakeResult> accepting = SecureChannel.AcceptAsync(right, buck, buck.Trust, RoleSet.All, "peer", new ChannelOptions { Clock = clock });
        Assert.False(accepting.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(HandshakeStatus.TimedOut, (await accepting.WaitAsync(TestEnvironment.Patience)).Status);
    }

    [Fact]
    public void A_chain_at_its_longest_fits_a_handshake_message()
    {
        string name = new('n', 128);
        using EnvironmentAuthority intermediate = environment.Authority.IssueIntermediate(
            RoleSet.All, new string('*', 128), HostsPolicy.Matching(new string('*', 128)), TimeSpan.FromDays(1), TimeProvider.System);
        CredentialFile longest = intermediate.Issue(Role.Archie, name, HostsPolicy.Matching(new string('*', 128)), TimeSpan.FromDays(1), TimeProvider.System);
        Assert.Equal(CredentialChain.BytesMax, longest.Chain.ToBytes().Length);
        int message = 32 + 48 + 16 + HandshakePayload.Write(longest.Chain, new string('s', 100)).Length;
        Assert.True(message + 2 <= WireLimits.HandshakeMessageBytesMax, $"{message} bytes");
    }

    private static void AssertRefused(ChannelPair pair, CredentialFailure failure, string text)
    {
        Assert.Equal((HandshakeStatus.PeerRefused, failure), (pair.Buck.Status, pair.Buck.Credential));
        Assert.Equal((HandshakeStatus.RefusedByPeer, failure), (pair.Agent.Status, pair.Agent.Credential));
        Assert.Contains(text, pair.Agent.Text, StringComparison.Ordinal);
        Assert.Contains(text, pair.Buck.Text, StringComparison.Ordinal);
    }

    private static Func<byte[], byte[]> Flip(int at)
    {
        long position = 0;
        return bytes =>
        {
            if (at >= position && at < position + bytes.Length)
                bytes[at - position] ^= 0x10;
            position += bytes.Length;
            return bytes;
        };
    }
}
