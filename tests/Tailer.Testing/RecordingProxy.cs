using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Tailer.Testing;

/// <summary>
/// A TCP proxy on loopback that records what really crosses the wire, and that can fail as networks do: refuse, cut, hold still,
/// or cut after a number of bytes.
/// </summary>
public sealed class RecordingProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Lock listing = new();
    private readonly List<ProxiedConnection> connections = [];
    private readonly ConcurrentQueue<Task> running = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly Task accepting;
    private TaskCompletionSource gate = Opened();
    private long cutAfterBytes = long.MaxValue;

    private RecordingProxy(IPEndPoint target)
    {
        Target = target;
        listener.Start();
        accepting = Accept();
    }

    /// <summary>Where new connections go; may change, as when a server comes back on another port.</summary>
    public IPEndPoint Target { get; set; }

    /// <summary>The port clients use instead of the target's.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public IPEndPoint Endpoint => new(IPAddress.Loopback, Port);

    /// <summary>When true new connections are closed at once, as by a host that is down.</summary>
    public bool Refuses { get; set; }

    /// <summary>All connections so far, the closed ones too, in the order they came.</summary>
    public IReadOnlyList<ProxiedConnection> Connections
    {
        get
        {
            lock (listing)
                return [.. connections];
        }
    }

    /// <summary>Everything that went to the server, connection after connection.</summary>
    public byte[] ToServer => [.. Connections.SelectMany(c => c.ToServer)];

    /// <summary>Everything that came back, connection after connection.</summary>
    public byte[] ToClient => [.. Connections.SelectMany(c => c.ToClient)];

    internal Task Gate => Volatile.Read(ref gate).Task;

    public static RecordingProxy Start(int targetPort) => new(new IPEndPoint(IPAddress.Loopback, targetPort));

    public static RecordingProxy Start(IPEndPoint target) => new(target);

    /// <summary>Cuts every open connection; new ones may come.</summary>
    public void CutAll()
    {
        foreach (ProxiedConnection connection in Connections)
            connection.Cut();
    }

    /// <summary>
    /// Cuts the next connection on which this many bytes have gone to the server, before passing them on, once. Connections that
    /// carried more already are cut at their next byte.
    /// </summary>
    public void CutAfter(long bytesToServer) => Interlocked.Exchange(ref cutAfterBytes, bytesToServer);

    /// <summary>Passes nothing on until <see cref="Release"/>; connections stay open, as with a peer that hangs.</summary>
    public void Hold() => Volatile.Write(ref gate, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    public void Release() => Volatile.Read(ref gate).TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await accepting;
        CutAll();
        Release();
        await Task.WhenAll(running);
        listener.Dispose();
        stopping.Dispose();
    }

    internal bool MayPass(ProxiedConnection connection, long bytesToServer)
    {
        long limit = Interlocked.Read(ref cutAfterBytes);
        return bytesToServer < limit || connection.IsClosed
            || Interlocked.CompareExchange(ref cutAfterBytes, long.MaxValue, limit) != limit;
    }

    private static TaskCompletionSource Opened()
    {
        var opened = new TaskCompletionSource();
        opened.SetResult();
        return opened;
    }

    private async Task Accept()
    {
        while (!stopping.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await listener.AcceptSocketAsync(stopping.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException && stopping.IsCancellationRequested)
            {
                return;
            }
            running.Enqueue(Serve(client));
        }
    }

    private async Task Serve(Socket client)
    {
        client.NoDelay = true;
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var connection = new ProxiedConnection(client, server);
        if (Refuses)
        {
            connection.Cut();
            return;
        }
        // Listed before it is made, so that a server that has accepted it can already have it cut.
        lock (listing)
            connections.Add(connection);
        try
        {
            await server.ConnectAsync(Target);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One that was cut meanwhile had reached the server, one that failed by itself had not.
            if (!connection.IsClosed)
            {
                lock (listing)
                    connections.Remove(connection);
            }
            connection.Cut();
            return;
        }
        await connection.Run(this);
    }
}
