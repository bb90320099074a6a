using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tailer.Wire;
using WireManifest = Tailer.Wire.Manifest;

namespace Tailer.Buck;

/// <summary>
/// The secure channel's door: accepts agents, porters, archies and operators and gives each message to whom it concerns. Stops
/// before everything else, so that what is under way is finished and then nothing new comes.
/// </summary>
internal sealed class WireService(
    WireOptions options, PacketReceiver receiver, ReaderRequests requests, AgentBook agents, InterestLoop interest, ILogger<WireService> logger)
    : IHostedService, IAsyncDisposable
{
    private BuckListener? listener;

    public IPEndPoint LocalEndPoint => listener?.LocalEndPoint ?? throw new InvalidOperationException("the buck does not listen yet");

    public Task StartAsync(CancellationToken cancellationToken)
    {
        listener = new BuckListener(
            new ListenerOptions
            {
                Listen = options.Listen,
                Credential = options.Credential,
                Trust = options.Trust,
                Channel = new ChannelOptions { Software = options.Software },
                OnRefused = (who, result) => BuckLog.PeerRefused(logger, who?.ToString() ?? "somebody", result.Text),
                OnConnected = Connected,
                OnDisconnected = Disconnected,
                OnHandlerFailed = (peer, type, e) => BuckLog.RequestFailed(logger, type, peer.Peer.ToString(), e),
            },
            HandleAsync);
        listener.Start();
        interest.Connections = () => listener.Connections;
        BuckLog.Listens(logger, listener.LocalEndPoint.ToString(), options.Credential.Credential.Name, options.Credential.Environment.ToString());
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken) => await DisposeAsync().ConfigureAwait(false);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref listener, null) is not { } stopped)
            return;
        interest.Connections = () => [];
        await stopped.DisposeAsync().ConfigureAwait(false);
    }

    private void Connected(ServerConnection connection)
    {
        BuckLog.PeerConnected(logger, connection.Peer.ToString(), connection.RemoteEndPoint?.ToString() ?? "");
        agents.Joined(connection);
        interest.Greet(connection);
    }

    private void Disconnected(ServerConnection connection)
    {
        BuckLog.PeerDisconnected(logger, connection.Peer.ToString(), connection.Reason);
        agents.Disconnected(connection);
    }

    private async ValueTask HandleAsync(ServerConnection connection, ReceivedMessage message)
    {
        using (message)
        {
            uint correlation = message.Correlation;
            if (message.TryRead(out Append? append))
                await receiver.AppendAsync(connection, correlation, append, message.FrameId).ConfigureAwait(false);
            else if (message.TryRead(out WireManifest? manifest))
                await receiver.ManifestAsync(connection, correlation, manifest).ConfigureAwait(false);
            else if (message.TryRead(out Heartbeat? heartbeat))
                agents.Heard(connection, heartbeat);
            else if (message.TryRead(out Goodbye? goodbye))
                await GoodbyeAsync(connection, correlation, goodbye).ConfigureAwait(false);
            else
                await requests.HandleAsync(connection, message).ConfigureAwait(false);
        }
    }

    private async ValueTask GoodbyeAsync(ServerConnection connection, uint correlation, Goodbye goodbye)
    {
        // An agent speaks for itself; an operator names the host it retires.
        string host = connection.Peer.Role == Role.Agent ? connection.Peer.Name : goodbye.Host;
        BuckLog.SaidGoodbye(logger, host, goodbye.Retired, goodbye.Reason);
        agents.SaidGoodbye(host, goodbye.Retired);
        await connection.SendAsync(correlation, new Ack(default)).ConfigureAwait(false);
    }
}
