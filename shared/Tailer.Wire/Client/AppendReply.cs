namespace Tailer.Wire;

/// <summary>An APPEND, MANIFEST or GOODBYE that waits for ACK or NACK.</summary>
internal sealed class AppendReply : PendingReply
{
    private readonly TaskCompletionSource<AppendResult> source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<AppendResult> Result => source.Task;

    public override bool Take(ReceivedMessage message)
    {
        using (message)
            source.TrySetResult(Read(message));
        return true;
    }

    public override void Fail(WireException why) =>
        source.TrySetResult(new AppendResult(AppendOutcome.Disconnected, NackReason.None, TimeSpan.Zero, why.Message));

    private static AppendResult Read(ReceivedMessage message)
    {
        if (message.TryRead(out Ack? ack))
            return new AppendResult(ack.HadIt ? AppendOutcome.HadIt : AppendOutcome.Stored, NackReason.None, TimeSpan.Zero, "");
        if (message.TryRead(out Nack? nack))
            return new AppendResult(AppendOutcome.Refused, nack.Reason, nack.RetryAfter, nack.Text);
        string text = message.TryRead(out ErrorReply? error) ? $"{error.Code}: {error.Text}" : $"answered by {message.Type}, which cannot be read";
        return new AppendResult(AppendOutcome.Refused, NackReason.None, TimeSpan.Zero, text);
    }
}
