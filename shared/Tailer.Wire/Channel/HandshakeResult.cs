namespace Tailer.Wire;

/// <summary>The outcome of setting up a channel.</summary>
/// <param name="Status">Ok, or what went wrong and on which side.</param>
/// <param name="Channel">With Ok; the caller owns it.</param>
/// <param name="Credential">With PeerRefused and RefusedByPeer: what is wrong with the credential.</param>
/// <param name="Text">For the log: what happened, with whom, and what to do. Empty with Ok.</param>
public sealed record HandshakeResult(
    HandshakeStatus Status, SecureChannel? Channel = null, CredentialFailure Credential = CredentialFailure.None, string Text = "");
