using System.Collections.Concurrent;
using System.Net;

namespace Tailer.Wire;

/// <summary>A buck's view of one connected peer. Sending is safe from any thread.</summary>
public sealed class ServerConnection
{
    private readonly SecureChannel channel;
    private readonly ListenerOptions options;
    private readonly MessageHandler handler;

    /// <summary>Only readers ask for what needs these; of agents there may be ten thousand.</summary>
    private ConcurrentDictionary<uint, BatchSender>? streams;
    private ConcurrentDictionary<uint, CancellationTokenSource>? requests;

    /// <summary>Made when packets come faster than they are stored.</summary>
    private AppendGroup? appends;

    internal ServerConnection(long number, SecureChannel channel, EndPoint? remote, ListenerOptions options, MessageHandler handler)
    {
        Number = number;
        RemoteEndPoint = remote;
        this.channel = channel;
        this.options = options;
        this.handler = handler;
    }

    /// <summary>Unique in this process, for logs.</summary>
    public long Number { get; }

    public PeerIdentity Peer => channel.Peer;

    public EndPoint? RemoteEndPoint { get; }

    /// <summary>Cancelled when the connection has ended.</summary>
    public CancellationToken Ended => channel.Ended;

    /// <summary>Why it ended; None while it is open.</summary>
    public DisconnectReason Reason => channel.Reason;

    /// <summary>
    /// Sends a message: a reply with its request's correlation, or INTEREST or WANT with 0. Completed means accepted for
    /// sending. Waits while the peer reads slowly. Throws <see cref="WireException"/> when the connection has ended.
    /// </summary>
    public ValueTask SendAsync<T>(uint correlation, T message, CancellationToken cancellation = default)
        where T : class, IWireMessage<T> => channel.SendAsync(correlation, message, cancellation);

    /// <summary>
    /// As <see cref="SendAsync"/>, from the handler of what is handled in order, before it ends: the answer may leave together with those to
    /// the messages behind it, if these have come already.
    /// </summary>
    public ValueTask SendHeldAsync<T>(uint correlation, T message)
        where T : class, IWireMessage<T> => channel.SendHeldAsync(correlation, message);

    /// <summary>As <see cref="SendAsync"/>, but a connection that has ended is a false: for answers nobody waits for any more.</summary>
    public async ValueTask<bool> TrySendAsync<T>(uint correlation, T message)
        where T : class, IWireMessage<T>
    {
        try
        {
            await channel.SendAsync(correlation, message);
            return true;
        }
        catch (WireException)
        {
            return false;
        }
    }

    /// <summary>
    /// Begins the stream that answers a SEARCH or READ. It heeds the reader's credit, so a slow reader costs waiting and no
    /// memory; its token is cancelled when the reader cancels or goes. Finish it by <see cref="BatchSender.EndAsync"/>.
    /// </summary>
    public BatchSender BeginBatches(ReceivedMessage request)
    {
        CancellationToken token = CancellationOf(request);
        return LazyInitializer.EnsureInitialized(ref streams).GetOrAdd(request.Correlation, correlation => new BatchSender(this, correlation, token));
    }

    /// <summary>The token of a reader's request: cancelled when the reader cancels it or goes.</summary>
    public CancellationToken CancellationOf(ReceivedMessage request) =>
        requests is { } all && all.TryGetValue(request.Correlation, out CancellationTokenSource? source) ? source.Token : Ended;

    /// <summary>Closes in an orderly way: what was accepted for sending is sent first.</summary>
    public ValueTask CloseAsync() => channel.CloseAsync();

    internal void EndBatches(uint correlation) => streams?.TryRemove(correlation, out _);

    internal async Task RunAsync()
    {
        var running = new List<Task>();
        while (await channel.ReceiveAsync() is { } message)
        {
            if (message.Type is MessageType.Cancel or MessageType.Credit)
            {
                using (message)
                    Steer(message);
            }
            else if (IsRequest(message.Type))
            {
                running.RemoveAll(task => task.IsCompleted);
                await StartRequestAsync(message, running);
            }
            else if (message.Type == MessageType.Append && channel.IsNextHere(MessageType.Append))
            {
                await HandleTogetherAsync(message);
            }
            else
            {
                await HandleAsync(message);
            }
        }
        foreach (CancellationTokenSource request in requests?.Values ?? [])
            await CancelQuietlyAsync(request);
        await Task.WhenAll(running);
        await channel.DisposeAsync();
    }

    private async ValueTask HandleTogetherAsync(ReceivedMessage first)
    {
        appends ??= new AppendGroup();
        appends.Add(first);
        while (!appends.IsFull && channel.IsNextHere(MessageType.Append) && await channel.ReceiveAsync() is { } next)
            appends.Add(next);
        ReadOnlyMemory<ReceivedMessage> together = appends.Take();
        for (int i = 0; i < together.Length; i++)
            await HandleAsync(together.Span[i]);
    }

    private static bool IsRequest(MessageType type) => type
        is MessageType.ListBuckets or MessageType.List or MessageType.Read or MessageType.Search
        or MessageType.Prune or MessageType.ListDamaged or MessageType.Lease or MessageType.Want;

    private async ValueTask StartRequestAsync(ReceivedMessage message, List<Task> running)
    {
        if (running.Count >= WireLimits.ConcurrentRequestsMax)
        {
            using (message)
                await TrySendAsync(message.Correlation, new ErrorReply(WireErrorCode.Busy, $"{running.Count} requests of this connection are under way"));
            return;
        }
        var source = CancellationTokenSource.CreateLinkedTokenSource(Ended);
        if (!LazyInitializer.EnsureInitialized(ref requests).TryAdd(message.Correlation, source))
        {
            source.Dispose();
            using (message)
                await TrySendAsync(message.Correlation, new ErrorReply(WireErrorCode.Malformed, $"correlation {message.Correlation} is in use"));
            return;
        }
        running.Add(Task.Run(() => RunRequestAsync(message, source)));
    }

    private async Task RunRequestAsync(ReceivedMessage message, CancellationTokenSource source)
    {
        uint correlation = message.Correlation;
        await HandleAsync(message);
        requests?.TryRemove(correlation, out _);
        EndBatches(correlation);
        source.Dispose();
    }

    private async ValueTask HandleAsync(ReceivedMessage message)
    {
        (MessageType type, uint correlation) = (message.Type, message.Correlation);
        try
        {
            await handler(this, message);
        }
        catch (OperationCanceledException)
        {
            // The asker cancelled or went; it waits for nothing.
        }
        catch (WireException)
        {
            // The connection ended while answering; its reason is reported by the disconnect.
        }
        catch (Exception e)
        {
            options.OnHandlerFailed?.Invoke(this, type, e);
            if (correlation != 0)
                await TrySendAsync(correlation, new ErrorReply(WireErrorCode.Failed, e.Message));
        }
    }

    private void Steer(ReceivedMessage message)
    {
        if (message.TryRead(out Credit? credit))
        {
            if (streams is { } all && all.TryGetValue(message.Correlation, out BatchSender? stream))
                stream.AddCredit(credit.Batches);
        }
        else if (requests is { } under && under.TryGetValue(message.Correlation, out CancellationTokenSource? source))
        {
            _ = CancelQuietlyAsync(source);
        }
    }

    private static async Task CancelQuietlyAsync(CancellationTokenSource source)
    {
        try
        {
            await source.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The request finished at the same moment.
        }
    }
}
