using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Tailer.Blocks;

namespace Tailer.Wire;

/// <summary>
/// Accepts connections of agents, porters, archies and operators, proves who they are, and hands their messages to a handler.
/// </summary>
/// <example>
/// <code>
/// await using var listener = new BuckListener(new ListenerOptions { Listen = endpoint, Credential = credential }, HandleAsync);
/// listener.Start();
///
/// async ValueTask HandleAsync(ServerConnection peer, ReceivedMessage message)
/// {
///     using (message)
///     {
///         if (message.TryRead(out Append? append))
///             await peer.SendAsync(message.Correlation, await StoreAsync(peer.Peer, append));   // Ack or Nack
///         else if (message.TryRead(out Search? search))
///         {
///             BatchSender batches = peer.BeginBatches(message);
///             ... await batches.SendAsync(new SearchResult(frames)); ...
///             await batches.EndAsync(new End(count));
///         }
///         else
///             await peer.SendAsync(message.Correlation, new ErrorReply(WireErrorCode.Malformed, $"{message.Type} cannot be read"));
///     }
/// }
/// </code>
/// </example>
public sealed class BuckListener : IAsyncDisposable
{
    /// <summary>Everybody but bucks, which never talk to each other.</summary>
    private const RoleSet Welcome = RoleSet.All & ~RoleSet.Buck;

    private const int Backlog = 512;

    /// <summary>How long a revocation or expiry may take to reach who is connected.</summary>
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromMinutes(1);

    private readonly ListenerOptions options;
    private readonly MessageHandler handler;
    private readonly ConcurrentDictionary<long, ServerConnection> connections = new();
    private readonly ConcurrentDictionary<long, Task> running = new();
    private readonly SemaphoreSlim handshakes;
    private readonly CancellationTokenSource stopping = new();
    private Socket? socket;
    private Task accepting = Task.CompletedTask;
    private Task sweeping = Task.CompletedTask;
    private long lastNumber;

    public BuckListener(ListenerOptions options, MessageHandler handler)
    {
        if (options.Credential.Credential.Role != Role.Buck)
            throw new ArgumentException(
                $"the credential is of {options.Credential.Credential.Role.Word()} {options.Credential.Credential.Name}; a buck needs one with the role buck", nameof(options));
        this.options = options;
        this.handler = handler;
        handshakes = new SemaphoreSlim(options.HandshakesMax);
    }

    /// <summary>Where it listens, once started.</summary>
    public IPEndPoint LocalEndPoint => (IPEndPoint?)socket?.LocalEndPoint ?? throw new InvalidOperationException("the listener has not been started");

    /// <summary>Connected peers, as of now.</summary>
    public IReadOnlyCollection<ServerConnection> Connections => [.. connections.Values];

    /// <summary>Binds and begins to accept. Throws <see cref="SocketException"/> when the address cannot be had.</summary>
    public void Start()
    {
        var listening = new Socket(options.Listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listening.Bind(options.Listen);
            listening.Listen(Backlog);
        }
        catch
        {
            listening.Dispose();
            throw;
        }
        socket = listening;
        accepting = Task.Run(() => AcceptLoopAsync(listening));
        sweeping = Task.Run(SweepLoopAsync);
    }

    /// <summary>Stops accepting, closes all connections in an orderly way, and waits for their handlers.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        socket?.Dispose();
        await accepting;
        await sweeping;
        // All at once, so that stuck peers cost one close timeout together.
        await Task.WhenAll(connections.Values.Select(connection => connection.CloseAsync().AsTask()));
        await Task.WhenAll(running.Values);
        stopping.Dispose();
        handshakes.Dispose();
    }

    /// <summary>Credentials expire and are revoked while their holders stay connected for months.</summary>
    private async Task SweepLoopAsync()
    {
        using var timer = new PeriodicTimer(SweepPeriod, options.Channel.Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping.Token))
                await Task.WhenAll(connections.Values.Select(connection => JudgeAgainAsync(connection)));
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private async Task JudgeAgainAsync(ServerConnection connection)
    {
        if (connection.Reason != DisconnectReason.None)
            return;
        CredentialFailure failure = CurrentTrust().Verify(connection.Peer.Chain, LogTime.Now(options.Channel.Clock));
        if (failure == CredentialFailure.None)
            return;
        options.OnRefused?.Invoke(connection.RemoteEndPoint, new HandshakeResult(HandshakeStatus.PeerRefused, null, failure,
            $"{connection.Peer} at {connection.RemoteEndPoint} is disconnected: its credential is no longer good ({failure})"));
        await connection.CloseAsync();
    }

    private EnvironmentTrust CurrentTrust() => options.Trust?.Invoke() ?? options.Credential.Trust;

    private async Task AcceptLoopAsync(Socket listening)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await handshakes.WaitAsync(stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            Socket? accepted = await AcceptAsync(listening);
            if (accepted is null)
            {
                handshakes.Release();
                continue;
            }
            long number = ++lastNumber;
            // Registered before it can finish, so that it always finds itself to remove.
            var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            running[number] = RunAfterAsync(started.Task, number, accepted);
            started.SetResult();
        }
    }

    /// <summary>Null when the listener was closed, or the peer or the process's handles ran out; then it waits a moment.</summary>
    private async Task<Socket?> AcceptAsync(Socket listening)
    {
        try
        {
            Socket accepted = await listening.AcceptAsync(stopping.Token);
            if (SocketThreads.AreWatching)
                await Task.Yield();
            return accepted;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            if (!stopping.IsCancellationRequested)
                await Task.Delay(TimeSpan.FromMilliseconds(50), options.Channel.Clock, CancellationToken.None); // pause: handles ran out
            return null;
        }
    }

    private async Task RunAfterAsync(Task start, long number, Socket accepted)
    {
        await start;
        try
        {
            await ServeAsync(number, accepted);
        }
        finally
        {
            running.TryRemove(number, out _);
        }
    }

    private async Task ServeAsync(long number, Socket accepted)
    {
        ServerConnection? connection;
        try
        {
            connection = await GreetAsync(number, accepted);
        }
        finally
        {
            handshakes.Release();
        }
        if (connection is null)
            return;
        connections[number] = connection;
        try
        {
            options.OnConnected?.Invoke(connection);
            // Stopping may have closed all others just before this one was added.
            if (stopping.IsCancellationRequested)
                await connection.CloseAsync();
            await connection.RunAsync();
        }
        finally
        {
            connections.TryRemove(number, out _);
            options.OnDisconnected?.Invoke(connection);
        }
    }

    private async Task<ServerConnection?> GreetAsync(long number, Socket accepted)
    {
        accepted.NoDelay = true;
        EndPoint? remote = accepted.RemoteEndPoint;
        HandshakeResult result;
        try
        {
            result = await SecureChannel.AcceptAsync(
                new NetworkStream(accepted, ownsSocket: true), options.Credential, CurrentTrust(), Welcome,
                $"peer {remote}", options.Channel, busy: connections.Count >= options.ConnectionsMax, stopping.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        if (result.Channel is null)
        {
            options.OnRefused?.Invoke(remote, result);
            return null;
        }
        return new ServerConnection(number, result.Channel, remote, options, handler);
    }
}
