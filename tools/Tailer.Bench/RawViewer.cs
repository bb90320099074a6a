using System.Buffers.Text;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Tailer.Bench;

/// <summary>
/// A page's connection without the page: SignalR's JSON protocol over a WebSocket, whose messages are counted and not built up. May be
/// told to stop reading for a while.
/// </summary>
internal sealed class RawViewer(string query) : IDisposable
{
    private const byte Separator = 0x1e;

    /// <summary>A stalled page's system takes this much before the buck notices; the least that Linux gives is about twice as much.</summary>
    private const int StalledReceiveBytes = 4096;

    private readonly ClientWebSocket socket = new();
    private readonly List<double> latenciesMs = [];
    private readonly byte[] buffer = new byte[16 * 1024];
    private byte[] message = new byte[16 * 1024];
    private int messageBytes;
    private TaskCompletionSource reading = Completed();

    public string Query => query;

    public long Lines { get; private set; }

    public long Dropped { get; private set; }

    /// <summary>The connection ended, which it never should by itself.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>From the time a line carries to its arrival here, of the first line of each message.</summary>
    public IReadOnlyList<double> LatenciesMs => latenciesMs;

    public bool Notes { get; set; } = true;

    public async Task ConnectAsync(Uri http, string ticket, bool willStall, CancellationToken stop)
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancel) =>
            {
                var tcp = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                if (willStall)
                    tcp.ReceiveBufferSize = StalledReceiveBytes;
                await tcp.ConnectAsync(context.DnsEndPoint, cancel);
                return new NetworkStream(tcp, ownsSocket: true);
            },
        };
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        await socket.ConnectAsync(new Uri($"ws://{http.Authority}/live?access_token={ticket}"), invoker, stop);
        await SendAsync("""{"protocol":"json","version":1}""", stop);
        await ReceiveAsync(stop);
        await SendAsync($$"""{"type":4,"invocationId":"1","target":"Subscribe","arguments":[{"query":"{{query}}"}]}""", stop);
    }

    /// <summary>Reads until told to stop; what it was sent is counted.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (!HasEnded)
            {
                await reading.Task.WaitAsync(stop);
                await ReceiveAsync(stop);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            HasEnded |= !stop.IsCancellationRequested;
        }
    }

    public void Stall() => reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Resume() => reading.TrySetResult();

    /// <summary>As a machine that is switched off: no goodbye.</summary>
    public void Vanish() => socket.Abort();

    public void Dispose() => socket.Dispose();

    private Task SendAsync(string json, CancellationToken stop) =>
        socket.SendAsync((byte[])[.. Encoding.UTF8.GetBytes(json), Separator], WebSocketMessageType.Text, endOfMessage: true, stop);

    private async Task ReceiveAsync(CancellationToken stop)
    {
        ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer.AsMemory(), stop);
        HasEnded |= received.MessageType == WebSocketMessageType.Close;
        ReadOnlySpan<byte> rest = buffer.AsSpan(0, received.Count);
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf(Separator);
            ReadOnlySpan<byte> part = end < 0 ? rest : rest[..end];
            if (messageBytes + part.Length > message.Length)
                Array.Resize(ref message, Math.Max(message.Length * 2, messageBytes + part.Length));
            part.CopyTo(message.AsSpan(messageBytes));
            messageBytes += part.Length;
            rest = rest[(end < 0 ? rest.Length : end + 1)..];
            if (end < 0)
                continue;
            Take(message.AsSpan(0, messageBytes));
            messageBytes = 0;
        }
    }

    private void Take(ReadOnlySpan<byte> json)
    {
        Lines += json.Count("\"offset\":"u8);
        if (json.IndexOf("\"dropped\":["u8) >= 0 || json.IndexOf("\"droppedMore\":"u8) >= 0)
            TakeNotice(json);
        int at = json.IndexOf("sent="u8);
        if (Notes && at >= 0 && Utf8Parser.TryParse(json[(at + 5)..], out double sent, out int _))
            latenciesMs.Add((DateTime.UtcNow - DateTime.UnixEpoch).TotalMilliseconds - sent);
    }

    private void TakeNotice(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        JsonElement item = JsonElement.ParseValue(ref reader).GetProperty("item");
        if (item.TryGetProperty("dropped", out JsonElement dropped))
            Dropped += dropped.EnumerateArray().Sum(d => d.GetProperty("matched").GetInt64());
        if (item.TryGetProperty("droppedMore", out JsonElement more))
            Dropped += more.GetInt64();
    }

    private static TaskCompletionSource Completed()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }
}
