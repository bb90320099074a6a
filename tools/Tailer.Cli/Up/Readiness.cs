using System.Net;
using System.Text;

namespace Tailer.Cli.Up;

/// <summary>Finds out when a process can do its job: <c>/readyz</c> where it has one, else its first log record.</summary>
internal sealed class Readiness(HttpClient http)
{
    /// <summary>Event id of "starts" in every daemon's log (Tailer.Hosting).</summary>
    private const string StartsRecord = " INF 1001 ";

    /// <summary>One look.</summary>
    /// <param name="process">What is looked at.</param>
    /// <param name="logOffset">Where its log ended before it was started, in bytes.</param>
    /// <param name="cancel">Ends the request.</param>
    public async Task<bool> IsReadyAsync(UpProcess process, long logOffset, CancellationToken cancel)
    {
        if (process.Http is null)
            return process.Part == "demo-logs" || LogSays(process.Log, logOffset, StartsRecord);
        try
        {
            using HttpResponseMessage response = await http.GetAsync(new Uri(process.Http + "/readyz"), cancel).ConfigureAwait(false);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false; // Not listening yet.
        }
        catch (TaskCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false; // Took longer than the client waits: not ready.
        }
    }

    /// <summary>The last lines of a log, for the message about a process that ended.</summary>
    public static string Tail(string path, int lines) =>
        File.Exists(path) ? string.Join('\n', From(path, Math.Max(0, new FileInfo(path).Length - 16_384)).TrimEnd().Split('\n').TakeLast(lines)) : "";

    private static bool LogSays(string path, long offset, string what) => File.Exists(path) && From(path, offset).Contains(what, StringComparison.Ordinal);

    private static string From(string path, long offset)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Seek(offset, SeekOrigin.Begin);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
