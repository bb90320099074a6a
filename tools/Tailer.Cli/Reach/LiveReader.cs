using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Threading.Channels;
using Tailer.Cli.Show;
using Tailer.Hosting;

namespace Tailer.Cli.Reach;

/// <summary>Follows one buck's <c>/tail</c>, connecting again whenever it ends.</summary>
/// <param name="buck">The buck.</param>
/// <param name="ticket">Fetches a fresh ticket: they expire.</param>
/// <param name="into">Takes the lines. Bounded; while it is full the reading waits, and the buck then drops and counts.</param>
/// <param name="note">Says to people what happened: a line each.</param>
/// <param name="time">Clock of pauses.</param>
internal sealed class LiveReader(TargetBuck buck, Func<CancellationToken, Task<string>> ticket, ChannelWriter<EventLine> into, Action<string> note, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Runs until cancelled. Throws <see cref="FatalException"/> 64 for a query that cannot be read.</summary>
    public async Task RunAsync(string query, int backlogLines, CancellationToken cancel)
    {
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        bool told = false;
        while (true)
        {
            try
            {
                await FollowAsync(http, query, backlogLines, () => told = false, cancel).ConfigureAwait(false);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or FatalException { ExitCode: ExitCode.Unavailable })
            {
                // Other bucks have copies; say it once and keep trying.
                if (!told && !cancel.IsCancellationRequested)
                    note($"{buck.Name} at {buck.Http} cannot be followed: {e.Message}");
                told = true;
            }

            // Lines seen before the break are recognised by whoever reads the channel.
            await Task.Delay(Pause, time, cancel).ConfigureAwait(false);
        }
    }

    private async Task FollowAsync(HttpClient http, string query, int backlogLines, Action connected, CancellationToken cancel)
    {
        string path = ArchieClient.PathWith("/tail", [("q", query), ("backlog", backlogLines.ToString(System.Globalization.CultureInfo.InvariantCulture))]);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(buck.Http, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await ticket(cancel).ConfigureAwait(false));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/x-ndjson"));
        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.BadRequest)
            throw new FatalException(ExitCode.Usage, $"the query cannot be read:\n{await ReasonAsync(response, cancel).ConfigureAwait(false)}");
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException($"it answers {(int)response.StatusCode}");
        connected();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false));
        while (await reader.ReadLineAsync(cancel).ConfigureAwait(false) is { } line)
        {
            if (line.Length == 0)
                continue;
            using JsonDocument item = JsonDocument.Parse(line);
            if (item.RootElement.GetProperty("type").GetString() == "event")
                await into.WriteAsync(EventLine.Read(item.RootElement), cancel).ConfigureAwait(false);
            else if (item.RootElement.TryGetProperty("lines", out JsonElement dropped))
                note($"{buck.Name} dropped {dropped.GetInt64()} lines, because this reader was too slow; another buck may have brought them");
        }
    }

    private static async Task<string> ReasonAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        string text = await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
        try
        {
            using JsonDocument problem = JsonDocument.Parse(text);
            return problem.RootElement.TryGetProperty("caret", out JsonElement caret) ? caret.GetString() ?? text : text;
        }
        catch (JsonException)
        {
            return text;
        }
    }
}
