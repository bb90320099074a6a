using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Tailer.Testing;
using Tailer.Wire;

namespace Tailer.Reliability;

/// <summary>
/// People who look at such a file: somebody at every buck's <c>GET /tail</c> from the start, then a search for a word in the middle with the parts
/// around it, and a search for everything. They see a long line as parts of 64 KiB.
/// </summary>
internal sealed class HugeFileReaders : IAsyncDisposable
{
    private const int PartBytes = 64 * 1024;

    private readonly Cluster cluster;
    private readonly CancellationTokenSource stop = new();
    private readonly Task<long>[] tails;
    private int watching;

    private HugeFileReaders(Cluster cluster)
    {
        this.cluster = cluster;
        string ticket = Ticket.Issue(CredentialFile.Load(cluster.CredentialPath("operator")), "*", TimeSpan.FromHours(1), TimeProvider.System);
        tails = [.. Enumerable.Range(0, cluster.Bucks.Count).Select(i => Tail(cluster.BuckHttp(i), ticket))];
    }

    /// <summary>The most memory of what answers and of what asks.</summary>
    public long ArchiePeakBytes => cluster.Archie.PeakBytes;

    public long SearchPeakBytes { get; private set; }

    /// <summary>Bytes that came over all of <c>/tail</c>; what a reader is too slow for is dropped, and counted for it.</summary>
    public long TailedBytes { get; private set; }

    public static async Task<HugeFileReaders> Start(Cluster cluster)
    {
        cluster.Archie.Start();
        await cluster.Archie.Ready();
        var readers = new HugeFileReaders(cluster);
        await Wait.For(() => readers.watching == cluster.Bucks.Count, "all bucks let their reader watch");
        return readers;
    }

    /// <summary>Looks for the word, if there is one, and then for everything; adds what is not as it should be.</summary>
    public async Task Look(string? needle, List<string> broken)
    {
        await stop.CancelAsync();
        foreach (Task<long> tail in tails)
            TailedBytes += await tail;
        if (TailedBytes == 0)
            broken.Add("nothing came over /tail");
        if (needle is not null)
            await Find(needle, broken);
        ProcessResult all = await Search(Stream.Null, "", "--limit", "10000", "--text");
        if (all.ExitCode != 0)
            broken.Add($"tailer search for everything ended with {all.ExitCode}: {all.Errors}");
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(tails);
        stop.Dispose();
    }

    private async Task Find(string needle, List<string> broken)
    {
        using var found = new MemoryStream();
        ProcessResult search = await Search(found, needle, "--json");
        string[] hits = [.. System.Text.Encoding.UTF8.GetString(found.ToArray()).Split('\n').Where(line => line.Contains(needle, StringComparison.Ordinal))];
        if (search.ExitCode != 0 || hits is not [{ } hit])
        {
            broken.Add($"tailer search found the word in {hits.Length} parts, exit {search.ExitCode}: {search.Errors}");
            return;
        }
        using JsonDocument part = JsonDocument.Parse(hit);
        string url = string.Create(CultureInfo.InvariantCulture,
            $"/api/v1/context?source={part.RootElement.GetProperty("source").GetString()}&offset={part.RootElement.GetProperty("offset").GetInt64()}&time={part.RootElement.GetProperty("time").GetString()}&before=2&after=2");
        using HttpClient archie = cluster.ArchieClient();
        using HttpResponseMessage answer = await archie.GetAsync(url);
        if (!answer.IsSuccessStatusCode)
        {
            broken.Add($"no context of the part that was found: {await answer.Content.ReadAsStringAsync()}");
            return;
        }
        using JsonDocument context = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        long[] offsets = [.. context.RootElement.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("offset").GetInt64())];
        long at = part.RootElement.GetProperty("offset").GetInt64();
        if (!offsets.SequenceEqual([at - (2 * PartBytes), at - PartBytes, at, at + PartBytes, at + (2 * PartBytes)]))
            broken.Add($"around the part at {at} are not its neighbours but {string.Join(' ', offsets)}");
    }

    private async Task<ProcessResult> Search(Stream into, string query, params string[] options)
    {
        ProcessResult result = await TailerProcess.RunInto(into, "tailer", ["search", query, .. options, "--config", cluster.CliConfig], timeout: TimeSpan.FromMinutes(2));
        SearchPeakBytes = Math.Max(SearchPeakBytes, result.PeakBytes);
        return result;
    }

    private async Task<long> Tail(string url, string ticket)
    {
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{url}/tail?q=");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ticket);
        request.Headers.Accept.ParseAdd("application/x-ndjson");
        long bytes = 0;
        try
        {
            using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token);
            response.EnsureSuccessStatusCode();
            Interlocked.Increment(ref watching);
            await using Stream lines = await response.Content.ReadAsStreamAsync(stop.Token);
            byte[] buffer = new byte[PartBytes];
            while (await lines.ReadAsync(buffer, stop.Token) is > 0 and var read)
                bytes += read;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return bytes;
        }
        return bytes;
    }
}
