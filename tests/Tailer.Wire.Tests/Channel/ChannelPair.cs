namespace Tailer.Wire.Tests.Channel;

/// <summary>An agent's and a buck's end of one channel over streams in memory.</summary>
internal sealed record ChannelPair(HandshakeResult Agent, HandshakeResult Buck, DuplexStream AgentStream, DuplexStream BuckStream)
{
    public SecureChannel AgentChannel => Agent.Channel ?? throw new InvalidOperationException(Agent.Text);

    public SecureChannel BuckChannel => Buck.Channel ?? throw new InvalidOperationException(Buck.Text);

    public static Task<ChannelPair> OpenAsync(TestEnvironment environment, ChannelOptions? agentOptions = null, ChannelOptions? buckOptions = null) =>
        OpenAsync(environment.Issue(Role.Agent, "web1"), environment.Issue(Role.Buck, "buck1"), agentOptions, buckOptions);

    public static async Task<ChannelPair> OpenAsync(
        CredentialFile agent, CredentialFile buck, ChannelOptions? agentOptions = null, ChannelOptions? buckOptions = null,
        Action<DuplexStream, DuplexStream>? prepare = null, EnvironmentTrust? trust = null, int threshold = 0, bool busy = false)
    {
        (DuplexStream left, DuplexStream right) = DuplexStream.Pair(threshold);
        prepare?.Invoke(left, right);
        Task<HandshakeResult> connecting = SecureChannel.ConnectAsync(left, agent, Role.Buck, "buck 127.0.0.1:7411", agentOptions);
        Task<HandshakeResult> accepting = SecureChannel.AcceptAsync(
            right, buck, trust ?? buck.Trust, RoleSet.All & ~RoleSet.Buck, "peer 127.0.0.1:50000", buckOptions, busy);
        HandshakeResult[] results = await Task.WhenAll(connecting, accepting).WaitAsync(TestEnvironment.Patience);
        return new ChannelPair(results[0], results[1], left, right);
    }
}
