using System.Net;
using System.Net.Sockets;
using System.Text;
using Tailer.Testing;

namespace Tailer.Disk.Tests.Fixtures;

public sealed class RecordingProxyTests : IAsyncLifetime, IDisposable
{
    private readonly TcpListener server = new(IPAddress.Loopback, 0);
    private readonly TcpClient client = new();
    private RecordingProxy proxy = null!;
    private Socket accepted = null!;

    public async Task InitializeAsync()
    {
        server.Start();
        proxy = RecordingProxy.Start((IPEndPoint)server.LocalEndpoint);
        await client.ConnectAsync(proxy.Endpoint);
        accepted = await server.AcceptSocketAsync();
    }

    public async Task DisposeAsync() => await proxy.DisposeAsync();

    public void Dispose()
    {
        client.Dispose();
        accepted.Dispose();
        server.Dispose();
    }

    [Fact]
    public async Task Both_directions_pass_and_are_recorded()
    {
        byte[] buffer = new byte[16];
        await client.Client.SendAsync("to server"u8.ToArray());
        Assert.Equal("to server", Encoding.UTF8.GetString(buffer, 0, await accepted.ReceiveAsync(buffer)));
        await accepted.SendAsync("back"u8.ToArray());
        Assert.Equal("back", Encoding.UTF8.GetString(buffer, 0, await client.Client.ReceiveAsync(buffer)));
        Assert.Equal("to server", Encoding.UTF8.GetString(proxy.ToServer));
        Assert.Equal("back", Encoding.UTF8.GetString(proxy.ToClient));
    }

    [Fact]
    public async Task An_end_in_one_direction_leaves_the_other_open()
    {
        byte[] buffer = new byte[16];
        client.Client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await accepted.ReceiveAsync(buffer));
        await accepted.SendAsync("late"u8.ToArray());
        Assert.Equal(4, await client.Client.ReceiveAsync(buffer));
        accepted.Dispose();
        await Wait.For(() => proxy.Connections[0].IsClosed, "both directions have ended");
    }

    [Fact]
    public async Task A_cut_is_seen_on_both_sides_and_a_new_connection_works()
    {
        byte[] buffer = new byte[16];
        proxy.CutAll();
        await Assert.ThrowsAsync<SocketException>(() => client.Client.ReceiveAsync(buffer));
        await Assert.ThrowsAsync<SocketException>(() => accepted.ReceiveAsync(buffer));
        using var again = new TcpClient();
        await again.ConnectAsync(proxy.Endpoint);
        using Socket second = await server.AcceptSocketAsync();
        await again.Client.SendAsync("x"u8.ToArray());
        Assert.Equal(1, await second.ReceiveAsync(buffer));
        Assert.Equal(2, proxy.Connections.Count);
    }

    [Fact]
    public async Task A_cut_after_some_bytes_happens_once_and_passes_nothing_of_the_last_write()
    {
        byte[] buffer = new byte[16];
        proxy.CutAfter(5);
        await client.Client.SendAsync("four"u8.ToArray());
        Assert.Equal(4, await accepted.ReceiveAsync(buffer));
        await client.Client.SendAsync("five!"u8.ToArray());
        await Assert.ThrowsAsync<SocketException>(() => accepted.ReceiveAsync(buffer));
    }

    [Fact]
    public async Task What_is_held_arrives_after_the_release()
    {
        byte[] buffer = new byte[16];
        proxy.Hold();
        await client.Client.SendAsync("held"u8.ToArray());
        Task<int> received = accepted.ReceiveAsync(buffer);
        Assert.False(received.IsCompleted);
        proxy.Release();
        Assert.Equal(4, await Wait.ForEnd(received, "the bytes pass after the release"));
    }

    [Fact]
    public async Task A_proxy_that_refuses_closes_new_connections()
    {
        proxy.Refuses = true;
        using var refused = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            await refused.ConnectAsync(proxy.Endpoint);
            await refused.Client.ReceiveAsync(new byte[1]);
        });
        Assert.Single(proxy.Connections);
    }
}
