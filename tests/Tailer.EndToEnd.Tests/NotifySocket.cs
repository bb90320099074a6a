using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace Tailer.EndToEnd.Tests;

/// <summary>The service manager's side of sd_notify(3): a datagram socket, and what came.</summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly ConcurrentQueue<string> lines = new();

    /// <param name="name">A path, or @ and a name that is in no file system.</param>
    public NotifySocket(string name)
    {
        Name = name;
        socket.Bind(new UnixDomainSocketEndPoint(name[0] == '@' ? '\0' + name[1..] : name));
        new Thread(Receive) { IsBackground = true }.Start();
    }

    public string Name { get; }

    /// <summary>All that came, in order.</summary>
    public IReadOnlyList<string> Lines => [.. lines];

    public int Beats => lines.Count(line => line == "WATCHDOG=1");

    public void Dispose() => socket.Dispose();

    private void Receive()
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                foreach (string line in Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer)).Split('\n'))
                    lines.Enqueue(line);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed: the end.
            return;
        }
    }
}
