namespace Tailer.Wire;

/// <summary>A request that waits for what the peer sends under its correlation.</summary>
internal abstract class PendingReply
{
    /// <summary>Takes over the message. True when nothing more is to come. Called by the receiving loop only; must not block.</summary>
    public abstract bool Take(ReceivedMessage message);

    public abstract void Fail(WireException why);
}
