using System.Net.Http.Headers;
using Tailer.Testing;
using Tailer.Wire;

namespace Tailer.Reliability;

/// <summary>
/// Somebody at <c>GET /tail</c> of every buck, without a query, who connects again when the buck is back. A line counts when the first of them has it.
/// </summary>
internal sealed class TailReaders : IAsyncDisposable
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(20);

    private readonly LineDelays delays;
    private readonly CancellationTokenSource stop = new();
    private readonly bool[] watching;
    private readonly Task[] readers;

    public TailReaders(Cluster cluster, LineDelays delays)
    {
        this.delays = delays;
        watching = new bool[cluster.Bucks.Count];
        string ticket = Ticket.Issue(CredentialFile.Load(cluster.CredentialPath("operator")), "*", TimeSpan.FromHours(1), TimeProvider.System);
        readers = [.. Enumerable.Range(0, watching.Length).Select(i => Task.Run(() => Read(i, cluster.BuckHttp(i), ticket)))];
    }

    public bool IsWatching(int buck) => Volatile.Read(ref watching[buck]);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(readers);
        stop.Dispose();
    }

    private async Task Read(int buck, string url, string ticket)
    {
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await ReadOnce(buck, http, url, ticket);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
            {
                // The buck is away, or this ends.
            }
            Volatile.Write(ref watching[buck], false);
            await Task.WhenAny(Task.Delay(Again, stop.Token));
        }
    }

    private async Task ReadOnce(int buck, HttpClient http, string url, string ticket)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{url}/tail?q=");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ticket);
        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token);
        response.EnsureSuccessStatusCode();
        Volatile.Write(ref watching[buck], true);
        await using Stream lines = await response.Content.ReadAsStreamAsync(stop.Token);
        byte[] buffer = new byte[256 * 1024];
        int held = 0;
        while (await lines.ReadAsync(buffer.AsMemory(held), stop.Token) is > 0 and int read)
        {
            int end = buffer.AsSpan(0, held + read).LastIndexOf((byte)'\n') + 1;
            delays.Take(buffer.AsSpan(0, end), TimeProvider.System.GetUtcNow());
            held = held + read - end;
            buffer.AsSpan(end, held).CopyTo(buffer);
        }
    }
}
