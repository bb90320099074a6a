namespace Tailer.Wire;

/// <summary>A request with one reply.</summary>
internal sealed class SingleReply : PendingReply
{
    private readonly TaskCompletionSource<ReceivedMessage> source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<ReceivedMessage> Reply => source.Task;

    public override bool Take(ReceivedMessage message)
    {
        if (!source.TrySetResult(message))
            message.Dispose();
        return true;
    }

    public override void Fail(WireException why)
    {
        source.TrySetException(why);
        // Nobody may be waiting any more; the failure is known to the connection.
        _ = source.Task.Exception;
    }
}
