using System.Threading.Channels;

namespace Tailer.Wire;

/// <summary>The sending end of a stream of batches that answers a SEARCH or READ. For one sender at a time.</summary>
public sealed class BatchSender
{
    private readonly ServerConnection connection;
    private readonly uint correlation;
    private readonly Channel<bool> credit = Channel.CreateBounded<bool>(WireLimits.StreamCreditBatches);

    internal BatchSender(ServerConnection connection, uint correlation, CancellationToken cancelled)
    {
        this.connection = connection;
        this.correlation = correlation;
        Cancelled = cancelled;
        AddCredit(WireLimits.StreamCreditBatches);
    }

    /// <summary>The reader cancelled, or is gone: stop.</summary>
    public CancellationToken Cancelled { get; }

    /// <summary>
    /// Sends a batch once the reader has room for it. Throws <see cref="OperationCanceledException"/> when the reader
    /// cancelled, which the caller may let through, and <see cref="WireException"/> when the connection ended.
    /// </summary>
    public async ValueTask SendAsync<T>(T batch)
        where T : class, IWireMessage<T>
    {
        await credit.Reader.ReadAsync(Cancelled);
        await connection.SendAsync(correlation, batch, Cancelled);
    }

    /// <summary>Ends the stream.</summary>
    public async ValueTask EndAsync(End end)
    {
        connection.EndBatches(correlation);
        await connection.SendAsync(correlation, end);
    }

    /// <summary>A reader never has more room than it began with; what goes over is ignored.</summary>
    internal void AddCredit(int batches)
    {
        while (batches-- > 0 && credit.Writer.TryWrite(true))
        {
        }
    }
}
