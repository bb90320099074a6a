using System.Net;

namespace Tailer.Wire.Tests;

/// <summary>An environment made for one test, and credentials in it.</summary>
internal sealed class TestEnvironment : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public EnvironmentAuthority Authority { get; } = EnvironmentAuthority.Create();

    public CredentialFile Issue(Role role, string name = "one", TimeProvider? clock = null, TimeSpan? validity = null) =>
        Authority.Issue(role, name, HostsPolicy.Own, validity ?? TimeSpan.FromDays(1), clock ?? TimeProvider.System);

    public BuckListener Listen(MessageHandler handler, Func<ListenerOptions, ListenerOptions>? change = null)
    {
        var options = new ListenerOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), Credential = Issue(Role.Buck, "buck-1") };
        var listener = new BuckListener(change?.Invoke(options) ?? options, handler);
        listener.Start();
        return listener;
    }

    public async Task<BuckConnection> ConnectAsync(BuckListener listener, Role role, BuckConnectionOptions? options = null)
    {
        ConnectResult result = await BuckConnection.ConnectAsync(listener.LocalEndPoint, Issue(role), options);
        Assert.True(result.Status == HandshakeStatus.Ok, result.Text);
        return result.Connection!;
    }

    public void Dispose() => Authority.Dispose();
}
