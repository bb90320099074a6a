namespace Tailer.Wire;

/// <summary>Carries the outcome from the step that failed to the one place that returns it; never leaves the handshake.</summary>
internal sealed class HandshakeFailedException(HandshakeResult result) : Exception
{
    public HandshakeResult Result { get; } = result;
}
