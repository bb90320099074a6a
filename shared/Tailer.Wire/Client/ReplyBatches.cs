using System.Runtime.CompilerServices;

namespace Tailer.Wire;

/// <summary>
/// The batches that answer a SEARCH or READ, read by <c>await foreach</c>; each batch is valid until the next one is asked
/// for. After the last one <see cref="End"/> tells how it ended. Disposing it early cancels the request at the buck.
/// Throws <see cref="WireException"/> when the connection ends, the buck answers ERROR, or nothing comes in time.
/// </summary>
/// <example>
/// <code>
/// await using ReplyBatches&lt;SearchResult&gt; found = await buck.SearchAsync(search, token);
/// await foreach (SearchResult batch in found.WithCancellation(token))
///     Use(batch.Frames);
/// if (found.End.Truncated) ...
/// </code>
/// </example>
public sealed class ReplyBatches<T> : IAsyncEnumerable<T>, IAsyncDisposable
    where T : class, IWireMessage<T>
{
    private readonly BuckConnection connection;
    private readonly uint correlation;
    private readonly StreamReply reply;
    private End? end;
    private bool disposed;

    internal ReplyBatches(BuckConnection connection, uint correlation, StreamReply reply) =>
        (this.connection, this.correlation, this.reply) = (connection, correlation, reply);

    /// <summary>How it ended. Throws <see cref="InvalidOperationException"/> before the last batch was read.</summary>
    public End End => end ?? throw new InvalidOperationException("the stream has not been read to its end");

    public async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        while (end is null)
        {
            using ReceivedMessage message = await reply.NextAsync(connection.RequestTimeout, connection.Clock, cancellationToken);
            if (message.TryRead(out T? batch))
            {
                yield return batch;
                await connection.SendAsync(correlation, new Credit(1), cancellationToken);
            }
            else if (message.TryRead(out End? last))
            {
                end = last;
            }
            else
            {
                throw BuckConnection.NotAReply(message);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (disposed)
            return;
        disposed = true;
        if (end is null)
            await connection.CancelAsync(correlation);
        reply.Drop();
    }
}
