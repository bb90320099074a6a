namespace Tailer.Wire;

/// <summary>The outcome of <see cref="BuckConnection.ConnectAsync"/>.</summary>
/// <param name="Status">Ok, or what went wrong and on which side.</param>
/// <param name="Connection">With Ok; the caller owns it.</param>
/// <param name="Credential">With PeerRefused and RefusedByPeer: what is wrong with the credential.</param>
/// <param name="Text">For the log: what happened, with whom, and what to do.</param>
public sealed record ConnectResult(HandshakeStatus Status, BuckConnection? Connection, CredentialFailure Credential, string Text);
