namespace Tailer.Wire;

/// <summary>How setting up a channel ended. Expected failures are values: a bad peer never causes an exception.</summary>
public enum HandshakeStatus
{
    Ok,

    /// <summary>No connection: refused, no route, or a name that does not resolve.</summary>
    Unreachable,

    /// <summary>The peer was too slow.</summary>
    TimedOut,

    /// <summary>The connection ended in the middle.</summary>
    Disconnected,

    /// <summary>What answered does not speak this protocol.</summary>
    NotTailer,

    /// <summary>The peer belongs to another environment.</summary>
    OtherEnvironment,

    /// <summary>No wire version that both sides speak.</summary>
    NoCommonVersion,

    /// <summary>The peer has all the connections it takes, or is stopping.</summary>
    Busy,

    /// <summary>Something was altered on the way, or the peer does not hold the key it claims.</summary>
    Tampered,

    /// <summary>A message of the handshake is too long, too short or not readable.</summary>
    Malformed,

    /// <summary>This side refused the peer's credential; see <see cref="HandshakeResult.Credential"/>.</summary>
    PeerRefused,

    /// <summary>The peer refused this side's credential; see <see cref="HandshakeResult.Credential"/>.</summary>
    RefusedByPeer,
}
