using System.Net;
using System.Net.Sockets;

namespace Tailer.Wire.Tests;

/// <summary>Passes one connection on, until it is disposed: then both ends see a connection that broke.</summary>
internal sealed class SeverableProxy : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint target;
    private readonly List<TcpClient> ends = [];

    public SeverableProxy(IPEndPoint target)
    {
        this.target = target;
        listener.Start();
        _ = Task.Run(PassOnAsync);
    }

    public IPEndPoint EndPoint => (IPEndPoint)listener.LocalEndpoint;

    public void Dispose()
    {
        listener.Stop();
        foreach (TcpClient end in ends)
        {
            // A reset, as from a host that lost power and came back.
            end.LingerState = new LingerOption(true, 0);
            end.Dispose();
        }
    }

    private async Task PassOnAsync()
    {
        TcpClient near = await listener.AcceptTcpClientAsync();
        var far = new TcpClient();
        await far.ConnectAsync(target);
        ends.AddRange([near, far]);
        _ = near.GetStream().CopyToAsync(far.GetStream());
        _ = far.GetStream().CopyToAsync(near.GetStream());
    }
}
