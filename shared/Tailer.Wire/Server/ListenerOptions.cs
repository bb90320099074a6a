using System.Net;

namespace Tailer.Wire;

/// <summary>Options of a <see cref="BuckListener"/>.</summary>
public sealed record ListenerOptions
{
    /// <summary>Port 0 picks a free one; see <see cref="BuckListener.LocalEndPoint"/>.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>The buck's own credential; its role must be buck.</summary>
    public required CredentialFile Credential { get; init; }

    /// <summary>
    /// Called per handshake, so that a reloaded revocation list counts at once, and every minute for who is connected; null:
    /// the credential's own trust.
    /// </summary>
    public Func<EnvironmentTrust>? Trust { get; init; }

    public ChannelOptions Channel { get; init; } = new();

    /// <summary>Connections whose peers have proved who they are. More are turned away as busy.</summary>
    public int ConnectionsMax { get; init; } = 12_000;

    /// <summary>Handshakes under way. More wait in the kernel's queue, so that strangers get no more memory than this.</summary>
    public int HandshakesMax { get; init; } = 256;

    /// <summary>A handshake that failed, or a peer disconnected because its credential is no longer good: who, and a text for the log.</summary>
    public Action<EndPoint?, HandshakeResult>? OnRefused { get; init; }

    /// <summary>A peer is connected. Called before its first message is handled.</summary>
    public Action<ServerConnection>? OnConnected { get; init; }

    /// <summary>It is gone; <see cref="ServerConnection.Reason"/> says why.</summary>
    public Action<ServerConnection>? OnDisconnected { get; init; }

    /// <summary>The handler threw; the peer was answered ERROR(failed).</summary>
    public Action<ServerConnection, MessageType, Exception>? OnHandlerFailed { get; init; }
}
