namespace Tailer.Wire;

/// <summary>A request that was not answered as asked: the connection ended, time ran out, or the peer answered ERROR.</summary>
public sealed class WireException(WireErrorCode code, string message, Exception? cause = null) : Exception(message, cause)
{
    public WireErrorCode Code { get; } = code;
}
