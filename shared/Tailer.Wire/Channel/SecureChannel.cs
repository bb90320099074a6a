using System.Net.Sockets;
using Tailer.Blocks;
using Tailer.Wire.Noise;

namespace Tailer.Wire;

/// <summary>
/// An authenticated, encrypted connection that carries messages. Sending is safe from any thread; receiving is for one
/// reader. <see cref="BuckConnection"/> and <see cref="BuckListener"/> stand on it; most code uses those.
/// </summary>
public sealed class SecureChannel : IAsyncDisposable
{
    internal const int HeaderBytes = 10;

    /// <summary>Answers that are held back at most: a sender that has only so many under way must not wait for the last of them.</summary>
    private const int HeldMax = 8;

    private readonly Stream stream;
    private readonly RecordReader reader;
    private readonly RecordWriter writer;
    private readonly ChannelOptions options;
    private readonly ITimer keepAlive;
    private readonly SemaphoreSlim sendLock = new(1);
    private readonly ByteWriter head = new();
    private readonly byte[] receivedHeader = new byte[HeaderBytes];
    private readonly CancellationTokenSource ended = new();
    private readonly TaskCompletionSource goneSource = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Role ownRole;
    private int reason;
    private volatile bool receiving;
    private int held;

    internal SecureChannel(
        Stream stream, CipherState send, RecordReader reader, PeerIdentity peer, CredentialFile own, int version, ChannelOptions options)
    {
        this.stream = stream;
        this.reader = reader;
        this.options = options;
        ownRole = own.Credential.Role;
        Peer = peer;
        Version = version;
        writer = new RecordWriter(stream, send, options, Abort);
        reader.BeforeWait = FlushHeldAsync;
        TimeSpan period = TimeSpan.FromTicks(Math.Min(options.KeepAlive.Ticks, options.IdleTimeout.Ticks) / 2);
        keepAlive = options.Clock.CreateTimer(static channel => ((SecureChannel)channel!).CheckIdle(), this, period, period);
    }

    public PeerIdentity Peer { get; }

    /// <summary>The wire version both sides agreed on.</summary>
    public int Version { get; }

    /// <summary>Why the channel ended; None while it is open.</summary>
    public DisconnectReason Reason => (DisconnectReason)Volatile.Read(ref reason);

    /// <summary>Cancelled when the channel has ended, for whatever reason.</summary>
    public CancellationToken Ended => ended.Token;

    /// <summary>
    /// Sets up a channel as the side that connected. The peer must have <paramref name="expectedRole"/>; it is checked before
    /// this side says who it is. <paramref name="peerName"/> is for texts. The channel owns the stream from here on; on
    /// failure it is disposed. Never throws for what a peer or network does; throws <see cref="OperationCanceledException"/>.
    /// </summary>
    public static Task<HandshakeResult> ConnectAsync(
        Stream stream, CredentialFile own, Role expectedRole, string peerName,
        ChannelOptions? options = null, EnvironmentTrust? trust = null, CancellationToken cancellation = default) =>
        RunAsync(stream, own, trust ?? own.Trust, options ?? new ChannelOptions(), peerName, true,
            handshake => handshake.InitiateAsync(expectedRole), cancellation);

    /// <summary>
    /// Sets up a channel as the side that was connected to. The peer's credential is judged by <paramref name="trust"/> (with
    /// its revocations) and must have one of the roles. With <paramref name="busy"/> it is turned away politely.
    /// </summary>
    public static Task<HandshakeResult> AcceptAsync(
        Stream stream, CredentialFile own, EnvironmentTrust trust, RoleSet allowedRoles, string peerName,
        ChannelOptions? options = null, bool busy = false, CancellationToken cancellation = default) =>
        RunAsync(stream, own, trust, options ?? new ChannelOptions(), peerName, false,
            handshake => handshake.RespondAsync(allowedRoles, busy), cancellation);

    /// <summary>
    /// Sends one message. Completed means: accepted for sending, in order; the message's memory is free again. It waits while
    /// the peer takes bytes slower than they come. Throws <see cref="WireException"/> (Disconnected) once the channel has ended.
    /// </summary>
    public async ValueTask SendAsync<T>(uint correlation, T message, CancellationToken cancellation = default)
        where T : class, IWireMessage<T>
    {
        await AppendAsync(correlation, message, cancellation);
        await writer.FlushAsync();
    }

    /// <summary>
    /// As <see cref="SendAsync"/>, for the caller of <see cref="ReceiveAsync"/> and between its calls: the message leaves with others, when
    /// a few have come together or nothing more is there to be received. Many small answers then are one write.
    /// </summary>
    internal ValueTask SendHeldAsync<T>(uint correlation, T message)
        where T : class, IWireMessage<T>
    {
        ValueTask appended = AppendAsync(correlation, message, CancellationToken.None);
        return ++held < HeldMax ? appended : FlushAfterAsync(appended);
    }

    private async ValueTask FlushAfterAsync(ValueTask appended)
    {
        await appended;
        await FlushHeldAsync();
    }

    private ValueTask FlushHeldAsync()
    {
        if (held == 0)
            return ValueTask.CompletedTask;
        held = 0;
        return writer.FlushAsync();
    }

    private async ValueTask AppendAsync<T>(uint correlation, T message, CancellationToken cancellation)
        where T : class, IWireMessage<T>
    {
        await sendLock.WaitAsync(cancellation);
        bool sent;
        try
        {
            head.Reset();
            head.Raw(stackalloc byte[HeaderBytes]);
            message.WriteHead(head);
            ReadOnlyMemory<byte> tail = message.Tail;
            int bodyBytes = head.Length - HeaderBytes + tail.Length;
            if (bodyBytes > MessageRules.BodyBytesMax(T.Type))
                throw new ArgumentException($"a {T.Type} of {bodyBytes} bytes is longer than the {MessageRules.BodyBytesMax(T.Type)} it may have", nameof(message));
            MessageHeader.Write(head.At(0, HeaderBytes), T.Type, 0, correlation, bodyBytes);
            sent = await writer.AppendAsync(head.WrittenMemory) && (tail.IsEmpty || await writer.AppendAsync(tail));
            if (head.Length > WireLimits.BatchBytes)
                head.Dispose();
        }
        finally
        {
            sendLock.Release();
        }
        if (!sent)
            throw new WireException(WireErrorCode.Disconnected, $"the connection to {Peer} has ended: {Reason}");
    }

    /// <summary>
    /// The next message, or null when the channel has ended (see <see cref="Reason"/>). The caller owns the message. PING is
    /// answered, and types that are unknown or not allowed for the peer's role are refused, without the caller seeing them.
    /// One caller at a time.
    /// </summary>
    public async ValueTask<ReceivedMessage?> ReceiveAsync()
    {
        receiving = true;
        while (true)
        {
            DisconnectReason failure = await reader.ReadExactAsync(receivedHeader);
            if (failure != DisconnectReason.None)
                return End(failure);
            MessageHeader received = MessageHeader.Read(receivedHeader);
            WireErrorCode? refusal = Refusal(received);
            if (received.BodyBytes > (refusal is null ? MessageRules.BodyBytesMax((MessageType)received.Type) : WireLimits.UnknownBodyBytesMax))
                return End(DisconnectReason.ProtocolBroken);
            if (refusal is not null)
            {
                failure = await SkipAsync(received, refusal.Value);
                if (failure != DisconnectReason.None)
                    return End(failure);
                continue;
            }
            (failure, ReceivedMessage? message) = await ReadBodyAsync(received);
            if (failure != DisconnectReason.None)
                return End(failure);
            if (message!.Type is not (MessageType.Ping or MessageType.Pong))
                return message;
            using (message)
                await AnswerPingAsync(message);
        }
    }

    /// <summary>
    /// Whether the next message is of this type and all of it has come, so that <see cref="ReceiveAsync"/> gives it without waiting. For the caller
    /// of that, between its calls.
    /// </summary>
    internal bool IsNextHere(MessageType type)
    {
        if (!reader.TryPeek(receivedHeader))
            return false;
        MessageHeader next = MessageHeader.Read(receivedHeader);
        return next.Type == (byte)type && Refusal(next) is null && next.BodyBytes <= MessageRules.BodyBytesMax(type) && reader.Holds(HeaderBytes + (int)next.BodyBytes);
    }

    /// <summary>
    /// Sends what is waiting and an end under the channel's key, then closes. While <see cref="ReceiveAsync"/> is being called
    /// it lingers until the peer has closed too: closing a socket with unread bytes resets it, and the peer would lose what it
    /// has not read yet. All within the close timeout; never throws for what the peer does.
    /// </summary>
    public async ValueTask CloseAsync()
    {
        if (TrySetReason(DisconnectReason.ClosedHere))
        {
            using var timeout = new CancellationTokenSource(options.CloseTimeout, options.Clock);
            bool finished = await FinishSendingAsync(timeout.Token);
            writer.Close();
            if (finished && receiving && TryEndSending())
                await Task.WhenAny(goneSource.Task, Task.Delay(Timeout.Infinite, timeout.Token)); // pause: the close timeout
            await timeout.CancelAsync();
        }
        TearDown();
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        writer.Dispose();
        await sendLock.WaitAsync();
        head.Dispose();
        sendLock.Release();
    }

    /// <summary>Ends the channel at once; the first reason stays. Safe from any thread, and any number of times.</summary>
    internal void Abort(DisconnectReason why)
    {
        TrySetReason(why);
        TearDown();
    }

    private static async Task<HandshakeResult> RunAsync(
        Stream stream, CredentialFile own, EnvironmentTrust trust, ChannelOptions options, string peerName, bool initiator,
        Func<Handshake, Task<SecureChannel>> run, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(options.HandshakeTimeout, options.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        HandshakeResult result;
        try
        {
            result = new HandshakeResult(HandshakeStatus.Ok, await run(new Handshake(stream, own, trust, options, peerName, either.Token)));
        }
        catch (HandshakeFailedException e)
        {
            result = e.Result;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            result = new HandshakeResult(HandshakeStatus.TimedOut, Text: $"{peerName} did not finish the handshake within {options.HandshakeTimeout.TotalSeconds} s");
        }
        catch (IOException e)
        {
            result = new HandshakeResult(HandshakeStatus.Disconnected, Text: $"{peerName} closed the connection in the middle of the handshake: {e.Message}");
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
        WireMetrics.Handshake(initiator, result);
        if (result.Channel is null)
            await stream.DisposeAsync();
        return result;
    }

    private WireErrorCode? Refusal(MessageHeader received) =>
        !MessageRules.IsKnown(received.Type) ? WireErrorCode.UnknownType
        : !MessageRules.MaySend(Peer.Role, (MessageType)received.Type) ? WireErrorCode.NotAllowed
        : null;

    private async ValueTask<(DisconnectReason Reason, ReceivedMessage? Message)> ReadBodyAsync(MessageHeader received)
    {
        int count = (int)received.BodyBytes;
        byte[]? body = count == 0 ? null : BufferPool.Rent(count);
        DisconnectReason failure = body is null ? DisconnectReason.None : await reader.ReadExactAsync(body.AsMemory(0, count));
        if (failure == DisconnectReason.None)
            return (failure, new ReceivedMessage((MessageType)received.Type, received.Flags, received.Correlation, body, count));
        if (body is not null)
            BufferPool.Return(body);
        // The peer's end of stream inside a message is a message cut short.
        return (failure == DisconnectReason.ClosedByPeer ? DisconnectReason.ProtocolBroken : failure, null);
    }

    private async ValueTask<DisconnectReason> SkipAsync(MessageHeader received, WireErrorCode refusal)
    {
        WireMetrics.RefusedMessage(refusal);
        byte[] scratch = new byte[Math.Min(received.BodyBytes, 4096)];
        for (long left = received.BodyBytes; left > 0; left -= scratch.Length)
        {
            DisconnectReason failure = await reader.ReadExactAsync(scratch.AsMemory(0, (int)Math.Min(left, scratch.Length)));
            if (failure != DisconnectReason.None)
                return failure;
        }
        string text = refusal == WireErrorCode.UnknownType
            ? $"message type {received.Type} is not known here; this side speaks wire version {Version}"
            : $"a {Peer.Role.Word()} may not send {(MessageType)received.Type} to a {ownRole.Word()}";
        return await TrySendAsync(received.Correlation, new ErrorReply(refusal, text));
    }

    private async ValueTask AnswerPingAsync(ReceivedMessage message)
    {
        if (message.TryRead(out Ping? ping))
            await TrySendAsync(message.Correlation, new Pong(ping.Value));
    }

    private async ValueTask<DisconnectReason> TrySendAsync<T>(uint correlation, T message)
        where T : class, IWireMessage<T>
    {
        try
        {
            await SendAsync(correlation, message);
            return DisconnectReason.None;
        }
        catch (WireException)
        {
            return Reason;
        }
    }

    private ReceivedMessage? End(DisconnectReason why)
    {
        Abort(why);
        reader.Dispose();
        return null;
    }

    private bool TrySetReason(DisconnectReason why)
    {
        if (Interlocked.CompareExchange(ref reason, (int)why, 0) != 0)
            return false;
        WireMetrics.Disconnect(why);
        return true;
    }

    private void TearDown()
    {
        if (!goneSource.TrySetResult())
            return;
        keepAlive.Dispose();
        writer.Close();
        stream.Dispose();
        _ = ended.CancelAsync();
    }

    /// <summary>Everything accepted so far and the end; false when the peer did not take it in time.</summary>
    private async ValueTask<bool> FinishSendingAsync(CancellationToken timeout)
    {
        try
        {
            await sendLock.WaitAsync(timeout);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        writer.AppendEndOfStream();
        sendLock.Release();
        await Task.WhenAny(writer.DrainAsync().AsTask(), Task.Delay(Timeout.Infinite, timeout)); // pause: the close timeout
        return !timeout.IsCancellationRequested;
    }

    /// <summary>Half closes the connection, so that the peer reads to the end; false when the stream cannot or is gone.</summary>
    private bool TryEndSending()
    {
        if (stream is not NetworkStream network)
            return false;
        try
        {
            network.Socket.Shutdown(SocketShutdown.Send);
            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    private void CheckIdle()
    {
        long waitingSince = reader.WaitingSince;
        if (waitingSince != 0 && options.Clock.GetElapsedTime(waitingSince) >= options.IdleTimeout)
            Abort(DisconnectReason.IdleTimeout);
        else if (options.Clock.GetElapsedTime(writer.LastWriteTimestamp) >= options.KeepAlive)
            _ = TrySendAsync(0, new Ping(0)).AsTask();
    }
}
