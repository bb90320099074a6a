using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tailer.Cli.Tests.Reach;

/// <summary>
/// An HTTP/1.1 server on a port of its own: one request a connection, one connection after the other, answered byte by byte as the test
/// says. So a test can cut an answer where no well-behaved server would.
/// </summary>
internal sealed class LoopbackHttp : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<HttpAsked> asked = new();
    private readonly CancellationTokenSource stop = new();
    private Task serving = Task.CompletedTask;

    private LoopbackHttp()
    {
    }

    public Uri Url => new($"http://{listener.LocalEndpoint}/");

    public IReadOnlyList<HttpAsked> Asked => [.. asked];

    /// <summary>Begins to answer: the delegate gets the connection and the number of the request, from 0. The connection closes when it returns.</summary>
    public static LoopbackHttp Start(Func<Stream, int, CancellationToken, Task> answer)
    {
        var server = new LoopbackHttp();
        server.listener.Start();
        server.serving = server.ServeAsync(answer);
        return server;
    }

    /// <summary>Answers each request with the next of these, and the last one from then on.</summary>
    public static LoopbackHttp Start(params string[] answers) =>
        Start((connection, number, _) => SendAsync(connection, answers[Math.Min(number, answers.Length - 1)]));

    /// <summary>A whole answer.</summary>
    public static string Answer(int status, string body) => $"HTTP/1.1 {status} Status\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}";

    /// <summary>The begin of an answer whose end is the chunk <see cref="End"/>; closed before it, the answer was cut off.</summary>
    public static string Begin(params string[] lines) => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + string.Concat(lines.Select(Chunk));

    public static string Chunk(string line) => $"{Encoding.UTF8.GetByteCount(line) + 1:x}\r\n{line}\n\r\n";

    public const string End = "0\r\n\r\n";

    public static async Task SendAsync(Stream connection, string text) => await connection.WriteAsync(Encoding.UTF8.GetBytes(text));

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await serving;
        listener.Dispose();
        stop.Dispose();
    }

    private async Task ServeAsync(Func<Stream, int, CancellationToken, Task> answer)
    {
        try
        {
            for (int number = 0; ; number++)
            {
                using TcpClient client = await listener.AcceptTcpClientAsync(stop.Token);
                await AnswerAsync(client.GetStream(), number, answer);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The test is over.
            return;
        }
    }

    private async Task AnswerAsync(NetworkStream connection, int number, Func<Stream, int, CancellationToken, Task> answer)
    {
        try
        {
            asked.Enqueue(await ReadAsync(connection));
            await answer(connection, number, stop.Token);
        }
        catch (IOException)
        {
            // The client has gone; the next one may come.
            return;
        }
    }

    private static async Task<HttpAsked> ReadAsync(NetworkStream connection)
    {
        using var reader = new StreamReader(connection, Encoding.ASCII, leaveOpen: true);
        string first = await reader.ReadLineAsync() ?? throw new EndOfStreamException("no request came");
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            string[] parts = line.Split(": ", 2);
            headers[parts[0]] = parts[1];
        }
        char[] body = new char[headers.TryGetValue("Content-Length", out string? length) ? int.Parse(length, CultureInfo.InvariantCulture) : 0];
        // Asked for nothing, the reader would wait for a byte that does not come.
        int read = body.Length == 0 ? 0 : await reader.ReadBlockAsync(body);
        return new HttpAsked(first.Split(' ')[1], headers, new string(body, 0, read));
    }
}
