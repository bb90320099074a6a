using System.Net;
using System.Text;

namespace Tailer.Cli.Check;

/// <summary>Posts alerts when a check's state changes.</summary>
/// <param name="url">Where to.</param>
/// <param name="text">The body.</param>
/// <param name="memory">A file with the state that was told last, so that a check run by a timer tells changes only; null: in memory.</param>
internal sealed class Webhook(Uri url, WebhookText text, string? memory) : IDisposable
{
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private CheckState told = CheckState.Ok;

    /// <summary>Tells a change; returns what went wrong, for people, or null. What could not be told is told the next time.</summary>
    public async Task<string?> TellAsync(CheckResult result, CancellationToken cancel)
    {
        CheckState before = Remembered();
        if (before == result.State)
            return null;
        try
        {
            using var content = new StringContent(text.Write(result, before, TimeProvider.System.GetUtcNow()), Encoding.UTF8, "application/json");
            using HttpResponseMessage answer = await http.PostAsync(url, content, cancel).ConfigureAwait(false);
            if (answer.StatusCode >= HttpStatusCode.MultipleChoices)
                return $"the webhook at {url.Authority} answered {(int)answer.StatusCode}";
            Remember(result.State);
            return null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return $"the webhook at {url.Authority} was not told: {e.Message}";
        }
    }

    public void Dispose() => http.Dispose();

    private CheckState Remembered()
    {
        if (memory is null)
            return told;
        return File.Exists(memory) && Enum.TryParse(File.ReadAllText(memory).Trim(), ignoreCase: true, out CheckState state) ? state : CheckState.Ok;
    }

    private void Remember(CheckState state)
    {
        told = state;
        if (memory is not null)
            File.WriteAllText(memory, state.Word() + "\n");
    }
}
