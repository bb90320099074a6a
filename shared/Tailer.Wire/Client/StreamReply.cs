using System.Threading.Channels;

namespace Tailer.Wire;

/// <summary>
/// A request whose reply is a stream. The queue holds what the credit allows and the END; a peer that sends more than it has
/// credit for breaks the protocol, and the stream fails.
/// </summary>
internal sealed class StreamReply : PendingReply
{
    private readonly Channel<ReceivedMessage> queue = System.Threading.Channels.Channel.CreateBounded<ReceivedMessage>(
        new BoundedChannelOptions(WireLimits.StreamCreditBatches + 1) { SingleReader = true, SingleWriter = false });

    public override bool Take(ReceivedMessage message)
    {
        bool last = message.Type is MessageType.End or MessageType.Error;
        if (!queue.Writer.TryWrite(message))
        {
            message.Dispose();
            queue.Writer.TryComplete(new WireException(WireErrorCode.BadReply, "the peer sent more batches than it had credit for"));
            return true;
        }
        if (last)
            queue.Writer.TryComplete();
        return last;
    }

    public override void Fail(WireException why) => queue.Writer.TryComplete(why);

    /// <summary>The next message; the caller owns it. Throws <see cref="WireException"/>.</summary>
    public async ValueTask<ReceivedMessage> NextAsync(TimeSpan timeout, TimeProvider clock, CancellationToken cancellation)
    {
        Task<ReceivedMessage> read = queue.Reader.ReadAsync(cancellation).AsTask();
        try
        {
            return read.IsCompletedSuccessfully ? read.Result : await read.WaitAsync(timeout, clock, cancellation);
        }
        catch (TimeoutException e)
        {
            throw new WireException(WireErrorCode.TimedOut, $"no batch came for {timeout.TotalSeconds} s", e);
        }
        catch (ChannelClosedException e) when (e.InnerException is WireException inner)
        {
            throw new WireException(inner.Code, inner.Message, e);
        }
        finally
        {
            if (!read.IsCompleted)
                _ = DisposeUnreadAsync(read);
        }
    }

    /// <summary>A read that was given up may still get a message, or end with the queue.</summary>
    private static async Task DisposeUnreadAsync(Task<ReceivedMessage> read)
    {
        try
        {
            (await read).Dispose();
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            // Nothing came, and nobody waits for it.
        }
    }

    /// <summary>Gives back what nobody will read.</summary>
    public void Drop()
    {
        queue.Writer.TryComplete();
        while (queue.Reader.TryRead(out ReceivedMessage? message))
            message.Dispose();
    }
}
