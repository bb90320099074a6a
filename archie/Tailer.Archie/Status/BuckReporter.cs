using System.Net.Http.Headers;
using System.Text.Json;

namespace Tailer.Archie;

/// <summary>Asks bucks for their status over HTTP, all at once, and does not wait long for any.</summary>
internal sealed class BuckReporter : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <summary>A report of ten thousand agents is some megabytes.</summary>
    private const int ReportBytesMax = 16 << 20;

    private readonly HttpClient http = new() { Timeout = Timeout, MaxResponseContentBufferSize = ReportBytesMax };

    /// <summary>The report, or why there is none.</summary>
    public async Task<(BuckReport? Report, string? Error)> AskAsync(ServedEnvironment environment, BuckOptions buck, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(buck.Http + "/status"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", environment.IssueTicket().Ticket);
        try
        {
            using HttpResponseMessage response = await http.SendAsync(request, cancellation);
            if (!response.IsSuccessStatusCode)
                return (null, $"it answers {(int)response.StatusCode}");
            using Stream body = await response.Content.ReadAsStreamAsync(cancellation);
            BuckReport? report = await JsonSerializer.DeserializeAsync(body, ArchieJson.Default.BuckReport, cancellation);
            return report is null ? (null, "its answer is empty") : (report, null);
        }
        catch (HttpRequestException e)
        {
            return (null, e.InnerException?.Message ?? e.Message);
        }
        catch (JsonException e)
        {
            return (null, $"its answer cannot be read: {e.Message}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, $"no answer within {Timeout.TotalSeconds} s");
        }
    }

    public void Dispose() => http.Dispose();
}
