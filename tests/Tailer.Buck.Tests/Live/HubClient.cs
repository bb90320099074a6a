using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace Tailer.Buck.Tests;

/// <summary>SignalR's JSON protocol over a plain WebSocket, as a browser speaks it; counts what really came over the wire.</summary>
internal sealed class HubClient : IAsyncDisposable
{
    private const byte Separator = 0x1e;

    private readonly ClientWebSocket socket = new();
    private readonly Channel<JsonElement> messages = Channel.CreateUnbounded<JsonElement>();
    private Task receiving = Task.CompletedTask;
    private int calls;

    public static async Task<HubClient> ConnectAsync(Uri http, string ticket, string? origin = null)
    {
        var client = new HubClient();
        if (origin is not null)
            client.socket.Options.SetRequestHeader("Origin", origin);
        await client.socket.ConnectAsync(new Uri($"ws://{http.Authority}/live?access_token={ticket}"), CancellationToken.None);
        await client.SendAsync("""{"protocol":"json","version":1}""");
        client.receiving = Task.Run(client.ReceiveAsync);
        JsonElement handshake = await client.messages.Reader.ReadAsync();
        Assert.False(handshake.TryGetProperty("error", out _));
        return client;
    }

    /// <summary>Starts a stream; its items come by <see cref="NextAsync"/>.</summary>
    public async Task<string> SubscribeAsync(object request)
    {
        string id = $"{++calls}";
        await SendAsync($$"""{"type":4,"invocationId":"{{id}}","target":"Subscribe","arguments":[{{JsonSerializer.Serialize(request)}}]}""");
        return id;
    }

    public Task CancelAsync(string id) => SendAsync($$"""{"type":5,"invocationId":"{{id}}"}""");

    public async Task<JsonElement> InvokeAsync(string target, params object[] arguments)
    {
        string id = $"{++calls}";
        await SendAsync($$"""{"type":1,"invocationId":"{{id}}","target":"{{target}}","arguments":{{JsonSerializer.Serialize(arguments)}}}""");
        return (await NextAsync(3)).GetProperty("result");
    }

    /// <summary>The next message of a type (2 stream item, 3 completion); pings are passed over.</summary>
    public async Task<JsonElement> NextAsync(int type)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            JsonElement message = await messages.Reader.ReadAsync(timeout.Token);
            int got = message.GetProperty("type").GetInt32();
            if (got == type)
                return message;
            Assert.Equal(6, got);
        }
    }

    public async Task<JsonElement> NextBatchAsync() => (await NextAsync(2)).GetProperty("item");

    public async ValueTask DisposeAsync()
    {
        socket.Abort();
        await receiving;
        socket.Dispose();
    }

    private Task SendAsync(string json) => socket.SendAsync(
        (byte[])[.. Encoding.UTF8.GetBytes(json), Separator], WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    private async Task ReceiveAsync()
    {
        var pending = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, CancellationToken.None) is { MessageType: WebSocketMessageType.Text } received)
            {
                foreach (byte b in buffer.AsSpan(0, received.Count))
                {
                    if (b != Separator)
                    {
                        pending.WriteByte(b);
                        continue;
                    }
                    messages.Writer.TryWrite(JsonDocument.Parse(pending.ToArray()).RootElement);
                    pending.SetLength(0);
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Closed by the test or by the buck.
        }
        messages.Writer.TryComplete();
    }
}
