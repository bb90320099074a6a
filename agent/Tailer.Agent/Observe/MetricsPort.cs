using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Tailer.Hosting;

namespace Tailer.Agent;

/// <summary>
/// <c>GET /metrics</c> over plain HTTP/1.1, one request at a time and one a connection: what Prometheus needs, and nothing to attack
/// beyond it. A request of more than 8 KiB, or one that takes longer than two seconds, is ended.
/// </summary>
internal sealed class MetricsPort : IDisposable
{
    private const int RequestBytesMax = 8 * 1024;

    private static readonly TimeSpan RequestTime = TimeSpan.FromSeconds(2);

    private readonly Socket listener;
    private readonly byte[]? expected;
    private readonly Func<string> metrics;
    private readonly ILogger log;

    private MetricsPort(Socket socket, byte[]? token, Func<string> metrics, ILogger log)
    {
        listener = socket;
        expected = token;
        this.metrics = metrics;
        this.log = log;
    }

    /// <summary>Listens from now on. Throws <see cref="SocketException"/> when the address is taken, <see cref="FatalException"/> for a token file that cannot be used.</summary>
    public static MetricsPort Listen(MetricsOptions options, Func<string> metrics, ILogger log)
    {
        byte[]? token = options.TokenFile is { } file ? Encoding.UTF8.GetBytes(SecretFile.ReadText(file)) : null;
        if (token is { Length: 0 })
            throw new FatalException(ExitCode.Config, $"{options.TokenFile} is empty; it is to hold the token that /metrics asks for");
        EndPoint address = options.Listen.ToEndPoint();
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(address);
        socket.Listen(16);
        ObserveLog.MetricsAt(log, socket.LocalEndPoint!.ToString()!);
        return new MetricsPort(socket, token, metrics, log);
    }

    public async Task Run(CancellationToken stop)
    {
        while (true)
        {
            using Socket client = await listener.AcceptAsync(stop);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(RequestTime);
            try
            {
                await Answer(client, limit.Token);
            }
            catch (Exception e) when (e is SocketException or IOException || (e is OperationCanceledException && !stop.IsCancellationRequested))
            {
                ObserveLog.RequestEnded(log, "metrics", e.Message);
            }
        }
    }

    public void Dispose() => listener.Dispose();

    private async Task Answer(Socket client, CancellationToken stop)
    {
        await using var stream = new NetworkStream(client);
        var buffer = new byte[RequestBytesMax];
        int bytes = 0;
        while (buffer.AsSpan(0, bytes).IndexOf("\r\n\r\n"u8) < 0)
        {
            int read = bytes == buffer.Length ? 0 : await stream.ReadAsync(buffer.AsMemory(bytes), stop);
            if (read == 0)
                break;
            bytes += read;
        }
        (string status, string type, string body) = Judge(Encoding.ASCII.GetString(buffer, 0, bytes));
        byte[] content = Encoding.UTF8.GetBytes(body);
        string head = string.Create(
            CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {content.Length}\r\nConnection: close\r\nCache-Control: no-store\r\n\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), stop);
        await stream.WriteAsync(content, stop);
        client.Shutdown(SocketShutdown.Send);
        // The other side closes first, so that what it has not read yet is not taken back by a reset.
        while (await stream.ReadAsync(buffer, stop) > 0)
        {
        }
    }

    private (string Status, string Type, string Body) Judge(string request)
    {
        const string text = "text/plain; charset=utf-8";
        int end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        string[] lines = request[..Math.Max(end, 0)].Split("\r\n");
        string[] first = lines[0].Split(' ');
        if (end < 0 || first.Length != 3 || !first[2].StartsWith("HTTP/1.", StringComparison.Ordinal))
            return ("400 Bad Request", text, "not an HTTP request, or a longer one than is read here\n");
        if (first[0] != "GET")
            return ("405 Method Not Allowed\r\nAllow: GET", text, "only GET\n");
        if (first[1].Split('?')[0] != "/metrics")
            return ("404 Not Found", text, "there is /metrics\n");
        if (expected is not null)
            return IsToken(HeaderOf(lines, "Authorization")) ? Metrics() : ("401 Unauthorized\r\nWWW-Authenticate: Bearer", text, "the token of metrics.token_file is needed, as a bearer token\n");
        // Without a token, what keeps web pages out is that they come by a name (also one that leads here), or say where they come from.
        return IsLoopback(HeaderOf(lines, "Host")) && HeaderOf(lines, "Origin") is null ? Metrics() : ("403 Forbidden", text, "ask for it by the loopback address\n");
    }

    private (string, string, string) Metrics() => ("200 OK", Hosting.Metrics.ContentType, metrics());

    private bool IsToken(string? authorization) =>
        authorization is not null && authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(authorization["Bearer ".Length..].Trim()), expected);

    private static bool IsLoopback(string? host) => host is null || (NetworkAddress.TryParse(host, out NetworkAddress address) || NetworkAddress.TryParse($"{host}:80", out address)) && address.IsLoopback;

    private static string? HeaderOf(string[] lines, string name) => lines.Skip(1)
        .FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)) is { } found ? found[(name.Length + 1)..].Trim() : null;
}
