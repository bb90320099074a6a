using System.Buffers;
using System.Net.Sockets;

namespace Tailer.Testing;

/// <summary>One connection through a <see cref="RecordingProxy"/>, and what crossed it in each direction.</summary>
public sealed class ProxiedConnection
{
    /// <summary>Of more than this in one direction only the first bytes are kept; the counts go on.</summary>
    private const int RecordedBytesMax = 64 * 1024 * 1024;

    private readonly Lock gate = new();
    private readonly ArrayBufferWriter<byte> toServer = new();
    private readonly ArrayBufferWriter<byte> toClient = new();
    private readonly Socket client;
    private readonly Socket server;
    private long bytesToServer;
    private long bytesToClient;

    internal ProxiedConnection(Socket client, Socket server)
    {
        this.client = client;
        this.server = server;
    }

    /// <summary>Both directions have ended, or the connection was cut.</summary>
    public bool IsClosed { get; private set; }

    public long BytesToServer => Interlocked.Read(ref bytesToServer);

    public long BytesToClient => Interlocked.Read(ref bytesToClient);

    public byte[] ToServer => Copy(toServer);

    public byte[] ToClient => Copy(toClient);

    /// <summary>Resets the connection on both sides, so that what is on the way is lost, as when a cable is pulled.</summary>
    public void Cut()
    {
        IsClosed = true;
        Reset(client);
        Reset(server);
    }

    internal async Task Run(RecordingProxy proxy)
    {
        await Task.WhenAll(
            Pump(client, server, toServer, n => proxy.MayPass(this, Interlocked.Add(ref bytesToServer, n)), proxy),
            Pump(server, client, toClient, n => Interlocked.Add(ref bytesToClient, n) >= 0, proxy));
        client.Dispose();
        server.Dispose();
        IsClosed = true;
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // It is closed already, which is what was asked for.
        }
    }

    private async Task Pump(Socket from, Socket to, ArrayBufferWriter<byte> record, Func<int, bool> mayPass, RecordingProxy proxy)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is int count and > 0)
            {
                await proxy.Gate;
                lock (gate)
                {
                    if (record.WrittenCount < RecordedBytesMax)
                        record.Write(buffer.AsSpan(0, count));
                }
                if (!mayPass(count))
                {
                    Cut();
                    return;
                }
                for (int sent = 0; sent < count;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
            }
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One side is gone: tell the other in the same way.
            Cut();
        }
    }

    private byte[] Copy(ArrayBufferWriter<byte> record)
    {
        lock (gate)
            return record.WrittenSpan.ToArray();
    }
}
