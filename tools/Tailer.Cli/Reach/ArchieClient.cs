using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Tailer.Hosting;

namespace Tailer.Cli.Reach;

/// <summary>Archie's HTTP interface (docs/formats/http.md).</summary>
internal sealed class ArchieClient : IDisposable
{
    private readonly HttpClient http;
    private readonly Target target;

    public ArchieClient(Target target)
    {
        this.target = target;
        http = new HttpClient { BaseAddress = target.Archie, Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", SecretFile.ReadText(target.TokenFile));
    }

    public void Dispose() => http.Dispose();

    /// <summary>One JSON object.</summary>
    /// <exception cref="FatalException">69 when archie is not there, refuses or ends while it answers, 64 for a query it cannot read.</exception>
    public async Task<JsonElement> GetAsync(string path, IEnumerable<(string Name, string? Value)> parameters, CancellationToken cancel)
    {
        using HttpResponseMessage response = await SendAsync(path, parameters, cancel).ConfigureAwait(false);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false));
        return Parse(await UncutAsync(reader.ReadToEndAsync(cancel)).ConfigureAwait(false));
    }

    /// <summary>Lines of JSON as they arrive.</summary>
    /// <exception cref="FatalException">As <see cref="GetAsync"/>.</exception>
    public async IAsyncEnumerable<JsonElement> StreamAsync(string path, IEnumerable<(string Name, string? Value)> parameters, [EnumeratorCancellation] CancellationToken cancel)
    {
        using HttpResponseMessage response = await SendAsync(path, parameters, cancel).ConfigureAwait(false);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false));
        while (await UncutAsync(reader.ReadLineAsync(cancel).AsTask()).ConfigureAwait(false) is { } line)
        {
            if (line.Length > 0)
                yield return Parse(line);
        }
    }

    internal static string PathWith(string path, IEnumerable<(string Name, string? Value)> parameters)
    {
        string query = string.Join('&', parameters.Where(p => p.Value is not null).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}"));
        return query.Length == 0 ? path : $"{path}?{query}";
    }

    private static async Task<T> UncutAsync<T>(Task<T> reading)
    {
        try
        {
            return await reading.ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new FatalException(ExitCode.Unavailable, "the answer was cut off: archie ended while it answered. Ask again.", e);
        }
    }

    private JsonElement Parse(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new FatalException(ExitCode.Unavailable, $"{target.Archie} does not answer as archie does; check the address", e);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(string path, IEnumerable<(string Name, string? Value)> parameters, CancellationToken cancel)
    {
        string full = PathWith(path, parameters.Prepend(("env", target.Environment)));
        HttpResponseMessage response;
        try
        {
            response = await http.GetAsync(new Uri(full, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw new FatalException(ExitCode.Unavailable, $"archie at {target.Archie} does not answer: {e.Message}. Is tools/up (or tailer-archie) running?", e);
        }

        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw await ProblemAsync(response, cancel).ConfigureAwait(false);
    }

    private async Task<FatalException> ProblemAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        string text = await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
        string detail = text;
        string? code = null;
        try
        {
            using JsonDocument problem = JsonDocument.Parse(text);
            detail = Text(problem.RootElement, "caret") ?? Text(problem.RootElement, "detail") ?? Text(problem.RootElement, "title") ?? text;
            code = Text(problem.RootElement, "code");
        }
        catch (JsonException)
        {
            // Not archie, or something between: its words are the best there is.
        }

        bool asked = response.StatusCode == HttpStatusCode.BadRequest;
        return new FatalException(asked ? ExitCode.Usage : ExitCode.Unavailable, code == "bad-query" ? $"the query cannot be read:\n{detail}" : $"archie at {target.Archie} answers {(int)response.StatusCode}: {detail}");
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
