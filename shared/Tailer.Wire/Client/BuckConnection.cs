using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>
/// A client's connection to one buck: many requests at once, from any thread. When the connection ends, everything that
/// waits fails at once: appends with <see cref="AppendOutcome.Disconnected"/>, other requests with <see cref="WireException"/>.
/// It does not reconnect; whoever holds it decides when to try again.
/// </summary>
/// <example>
/// <code>
/// CredentialFile credential = CredentialFile.Load("/etc/tailer/agent.credential");
/// ConnectResult result = await BuckConnection.ConnectAsync(endpoint, credential, new() { OnInterest = ..., OnWant = ... }, token);
/// if (result.Connection is not { } buck) { log(result.Text); return; }
/// AppendResult stored = await buck.AppendAsync(new Append(id, 0, 2, AppendOptions.None, frame), token);
/// </code>
/// </example>
public sealed class BuckConnection : IAsyncDisposable
{
    private readonly SecureChannel channel;
    private readonly BuckConnectionOptions options;
    private readonly ConcurrentDictionary<uint, PendingReply> pending = new();
    private uint lastCorrelation;
    private Task receiving = Task.CompletedTask;

    private BuckConnection(SecureChannel channel, string name, BuckConnectionOptions options)
    {
        this.channel = channel;
        this.options = options;
        Name = name;
    }

    /// <summary>The address it was connected to, for logs.</summary>
    public string Name { get; }

    /// <summary>The buck, as its credential proves it.</summary>
    public PeerIdentity Peer => channel.Peer;

    /// <summary>Cancelled when the connection has ended.</summary>
    public CancellationToken Ended => channel.Ended;

    /// <summary>Why it ended; None while it is open.</summary>
    public DisconnectReason Reason => channel.Reason;

    internal TimeSpan RequestTimeout => options.RequestTimeout;

    internal TimeProvider Clock => options.Channel.Clock;

    /// <summary>
    /// Connects and proves both sides. Never throws for what network and peer do: the result says what went wrong, where, and
    /// what to do. Throws <see cref="OperationCanceledException"/> when cancelled.
    /// </summary>
    public static async Task<ConnectResult> ConnectAsync(
        EndPoint endpoint, CredentialFile credential, BuckConnectionOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new BuckConnectionOptions();
        string name = endpoint is DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : endpoint.ToString() ?? "";
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (var timeout = new CancellationTokenSource(options.ConnectTimeout, options.Channel.Clock))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation))
        {
            try
            {
                await socket.ConnectAsync(endpoint, either.Token);
            }
            catch (SocketException e)
            {
                socket.Dispose();
                return new ConnectResult(HandshakeStatus.Unreachable, null, CredentialFailure.None, $"buck {name} cannot be reached: {e.Message}");
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                socket.Dispose();
                return new ConnectResult(HandshakeStatus.Unreachable, null, CredentialFailure.None,
                    $"buck {name} cannot be reached: no answer in {options.ConnectTimeout.TotalSeconds} s");
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
        return await ConnectAsync(new NetworkStream(socket, ownsSocket: true), name, credential, options, cancellation);
    }

    /// <summary>Over a stream that is connected already; it is disposed with the connection, or at once on failure.</summary>
    public static async Task<ConnectResult> ConnectAsync(
        Stream stream, string name, CredentialFile credential, BuckConnectionOptions options, CancellationToken cancellation = default)
    {
        HandshakeResult result = await SecureChannel.ConnectAsync(
            stream, credential, Role.Buck, $"buck {name}", options.Channel, options.Trust, cancellation);
        if (result.Channel is null)
            return new ConnectResult(result.Status, null, result.Credential, result.Text);
        var connection = new BuckConnection(result.Channel, name, options);
        connection.receiving = Task.Run(connection.ReceiveLoopAsync, CancellationToken.None);
        return new ConnectResult(HandshakeStatus.Ok, connection, CredentialFailure.None, "");
    }

    /// <summary>
    /// Sends a packet; the task ends with its ACK or NACK. Call it for many at once without waiting in between. The frame's
    /// memory must stay as it is until the task ends, however it ends. It waits for as long as the token lets it; cancelling
    /// ends the waiting, and the packet may be stored all the same.
    /// </summary>
    public Task<AppendResult> AppendAsync(Append append, CancellationToken cancellation = default) => SendForAckAsync(append, cancellation);

    /// <summary>Sends a manifest; ends with its ACK or NACK, as <see cref="AppendAsync"/>.</summary>
    public Task<AppendResult> SendManifestAsync(Manifest manifest, CancellationToken cancellation = default) => SendForAckAsync(manifest, cancellation);

    /// <summary>Says that nothing more comes from a host; ends with its ACK.</summary>
    public Task<AppendResult> GoodbyeAsync(Goodbye goodbye, CancellationToken cancellation = default) => SendForAckAsync(goodbye, cancellation);

    /// <summary>Sends counters; not answered. Throws <see cref="WireException"/> when the connection has ended.</summary>
    public ValueTask HeartbeatAsync(Heartbeat heartbeat, CancellationToken cancellation = default) => channel.SendAsync(0, heartbeat, cancellation);

    /// <summary>Bucket files; ask again from the last start while the reply is truncated.</summary>
    public Task<Buckets> ListBucketsAsync(ListBuckets list, CancellationToken cancellation = default) => AskAsync<ListBuckets, Buckets>(list, cancellation);

    /// <summary>Records of a bucket file from a position on, without bodies. The headers are copies: keep them as long as you like.</summary>
    public Task<RecordList> ListAsync(ListRecords list, CancellationToken cancellation = default) => AskAsync<ListRecords, RecordList>(list, cancellation);

    /// <summary>Bodies of records. A batch's memory is valid until the next batch is asked for.</summary>
    public Task<ReplyBatches<Records>> ReadAsync(ReadRecords read, CancellationToken cancellation = default) => StreamAsync<ReadRecords, Records>(read, cancellation);

    /// <summary>Matching events of unsealed buckets. A batch's memory is valid until the next batch is asked for.</summary>
    public Task<ReplyBatches<SearchResult>> SearchAsync(Search search, CancellationToken cancellation = default) =>
        StreamAsync<Search, SearchResult>(search, cancellation);

    public async Task<PruneOutcome> PruneAsync(Prune prune, CancellationToken cancellation = default) =>
        (await AskAsync<Prune, Pruned>(prune, cancellation)).Outcome;

    /// <summary>LIST_DAMAGED: what the buck has only a damaged copy of. Throws <see cref="WireException"/>, also when the buck is too old to know the question.</summary>
    public async Task<IReadOnlyList<DamagedRecord>> ListDamagedAsync(CancellationToken cancellation = default) =>
        (await AskAsync<ListDamaged, Damaged>(new ListDamaged(), cancellation)).Records;

    /// <summary>Asks an agent, through the buck, for packets; returns to how many connections of it the buck passed that on.</summary>
    public async Task<int> WantAsync(Want want, CancellationToken cancellation = default) =>
        (await AskAsync<Want, WantPassed>(want, cancellation)).Agents;

    public Task<Leased> LeaseAsync(Lease lease, CancellationToken cancellation = default) => AskAsync<Lease, Leased>(lease, cancellation);

    /// <summary>Closes in an orderly way: what was accepted for sending is sent first.</summary>
    public async ValueTask DisposeAsync()
    {
        await channel.DisposeAsync();
        await receiving;
    }

    internal ValueTask SendAsync<T>(uint correlation, T message, CancellationToken cancellation)
        where T : class, IWireMessage<T> => channel.SendAsync(correlation, message, cancellation);

    internal async ValueTask CancelAsync(uint correlation)
    {
        if (!pending.TryRemove(correlation, out _) || channel.Reason != DisconnectReason.None)
            return;
        try
        {
            await channel.SendAsync(correlation, new Cancel());
        }
        catch (WireException)
        {
            // The connection has ended, and the request with it.
        }
    }

    internal static WireException NotAReply(ReceivedMessage message) =>
        message.TryRead(out ErrorReply? error)
            ? new WireException(error.Code, error.Text)
            : new WireException(WireErrorCode.BadReply, $"the buck answered with {message.Type}, which is not an answer to this or cannot be read");

    private async Task<AppendResult> SendForAckAsync<T>(T message, CancellationToken cancellation)
        where T : class, IWireMessage<T>
    {
        var reply = new AppendReply();
        if (!TryRegister(reply, out uint correlation))
            return new AppendResult(AppendOutcome.Refused, NackReason.Busy, TimeSpan.FromMilliseconds(100), "too many requests wait for this buck's answers");
        try
        {
            await channel.SendAsync(correlation, message, cancellation);
            return await reply.Result.WaitAsync(cancellation);
        }
        catch (WireException e)
        {
            return new AppendResult(AppendOutcome.Disconnected, NackReason.None, TimeSpan.Zero, e.Message);
        }
        finally
        {
            pending.TryRemove(correlation, out _);
        }
    }

    private async Task<TReply> AskAsync<T, TReply>(T request, CancellationToken cancellation)
        where T : class, IWireMessage<T>
        where TReply : class, IWireMessage<TReply>
    {
        var reply = new SingleReply();
        uint correlation = Register(reply);
        try
        {
            await channel.SendAsync(correlation, request, cancellation);
            using ReceivedMessage message = await reply.Reply.WaitAsync(options.RequestTimeout, Clock, cancellation);
            // A copy, so that lists stay valid after the rented body has gone back.
            return (message.Type == TReply.Type ? TReply.Read(message.Body.ToArray()) : null) ?? throw NotAReply(message);
        }
        catch (TimeoutException e)
        {
            throw new WireException(WireErrorCode.TimedOut, $"buck {Name} did not answer {T.Type} within {options.RequestTimeout.TotalSeconds} s", e);
        }
        finally
        {
            await CancelAsync(correlation);
        }
    }

    private async Task<ReplyBatches<TReply>> StreamAsync<T, TReply>(T request, CancellationToken cancellation)
        where T : class, IWireMessage<T>
        where TReply : class, IWireMessage<TReply>
    {
        var reply = new StreamReply();
        uint correlation = Register(reply);
        try
        {
            await channel.SendAsync(correlation, request, cancellation);
        }
        catch
        {
            pending.TryRemove(correlation, out _);
            throw;
        }
        return new ReplyBatches<TReply>(this, correlation, reply);
    }

    private uint Register(PendingReply reply) =>
        TryRegister(reply, out uint correlation)
            ? correlation
            : throw new WireException(WireErrorCode.Busy, $"{WireLimits.PendingRequestsMax} requests wait for answers of buck {Name}");

    private bool TryRegister(PendingReply reply, out uint correlation)
    {
        correlation = 0;
        if (pending.Count >= WireLimits.PendingRequestsMax)
            return false;
        do
        {
            correlation = Interlocked.Increment(ref lastCorrelation);
        }
        while (correlation == 0 || !pending.TryAdd(correlation, reply));
        // The loop that fails what is pending may just have passed.
        if (channel.Ended.IsCancellationRequested)
            reply.Fail(Lost());
        return true;
    }

    private async Task ReceiveLoopAsync()
    {
        try
        {
            while (await channel.ReceiveAsync() is { } message)
                Dispatch(message);
        }
        finally
        {
            channel.Abort(DisconnectReason.ClosedHere);
            foreach (PendingReply reply in pending.Values)
                reply.Fail(Lost());
        }
    }

    private void Dispatch(ReceivedMessage message)
    {
        if (message.Type is MessageType.Interest or MessageType.Want)
        {
            using (message)
            {
                if (message.TryRead(out Interest? interest))
                    options.OnInterest?.Invoke(interest);
                else if (message.TryRead(out Want? want))
                    options.OnWant?.Invoke(want);
            }
            return;
        }
        // What nobody waits for any more was given up by its asker, who has cancelled it.
        if (!pending.TryGetValue(message.Correlation, out PendingReply? reply))
            message.Dispose();
        else if (reply is StreamReply stream && !stream.Take(message))
            return;
        else if (pending.TryRemove(message.Correlation, out _) && reply is not StreamReply)
            reply.Take(message);
    }

    private WireException Lost() => new(WireErrorCode.Disconnected, $"the connection to buck {Name} has ended: {channel.Reason}");
}
