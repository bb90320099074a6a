namespace Tailer.Wire;

/// <summary>
/// Handles one message of a peer; the handler owns the message and disposes it when it needs its memory no more, even after
/// returning. What a peer sends without waiting for an answer of its own (APPEND, MANIFEST, HEARTBEAT, GOODBYE) is handled
/// in order, one at a time: as long as the task runs, nothing more is read from that peer, which is the backpressure.
/// Requests of readers run beside each other, at most 16 a connection.
/// </summary>
public delegate ValueTask MessageHandler(ServerConnection connection, ReceivedMessage message);
