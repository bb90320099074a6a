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
    /// <exception cref="FatalException">69 when archie is not there or refuses, 64 for a query it cannot read.</exception>
    public async Task<JsonElement> GetAsync(string path, IEnumerable<(string Name, string? Value)> parameters, CancellationToken cancel)
    {
        using HttpResponseMessage response = await SendAsync(path, parameters, cancel).ConfigureAwait(false);
        using Stream body = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        using JsonDocument document = await JsonDocument.ParseAsync(body, cancellationToken: cancel).ConfigureAwait(false);
        return document.RootElement.Clone();
    }

    /// <summary>Lines of JSON as they arrive.</summary>
    /// <exception cref="FatalException">As <see cref="GetAsync"/>.</exception>
    public async IAsyncEnumerable<JsonElement> StreamAsync(string path, IEnumerable<(string Name, string? Value)> parameters, [EnumeratorCancellation] CancellationToken cancel)
    {
        using HttpResponseMessage response = await SendAsync(path, parameters, cancel).ConfigureAwait(false);
        using Stream body = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        using var reader = new StreamReader(body);
        while (await reader.ReadLineAsync(cancel).ConfigureAwait(false) is { } line)
        {
            if (line.Length > 0)
                yield return JsonDocument.Parse(line).RootElement;
        }
    }

    internal static string PathWith(string path, IEnumerable<(string Name, string? Value)> parameters)
    {
        string query = string.Join('&', parameters.Where(p => p.Value is not null).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}"));
        return query.Length == 0 ? path : $"{path}?{query}";
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
