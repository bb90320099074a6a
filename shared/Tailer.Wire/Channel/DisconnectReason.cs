namespace Tailer.Wire;

/// <summary>Why a channel ended.</summary>
public enum DisconnectReason
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>This side closed it.</summary>
    ClosedHere,

    /// <summary>The peer closed it, and said so under the channel's key: nothing is missing.</summary>
    ClosedByPeer,

    /// <summary>The connection broke; whatever was under way may or may not have arrived.</summary>
    Lost,

    /// <summary>A record was altered, repeated or left out on the way.</summary>
    Tampered,

    /// <summary>The peer sent something that the protocol forbids: a record or message over its limit.</summary>
    ProtocolBroken,

    /// <summary>Nothing came for the idle timeout.</summary>
    IdleTimeout,

    /// <summary>The peer did not take bytes for the send timeout.</summary>
    SendTimeout,
}
