using System.Globalization;
using Tailer.Testing;

namespace Tailer.Reliability;

/// <summary>What the agent's <c>/metrics</c> says at a moment.</summary>
internal sealed class AgentGauges : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly int port = Cluster.FreePorts(1)[0];
    private readonly HttpClient http = new() { Timeout = Patience };

    /// <summary>Lines for the agent's configuration.</summary>
    public string Settings => string.Create(CultureInfo.InvariantCulture, $"metrics:\n  listen: 127.0.0.1:{port}");

    /// <summary>Values by name, without their prefix, those with labels added up; empty while the agent does not answer.</summary>
    public async Task<IReadOnlyDictionary<string, double>> Read()
    {
        const string prefix = "tailer_agent_";
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        string text;
        try
        {
            text = await http.GetStringAsync(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/metrics"));
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return values;
        }
        foreach (string line in text.Split('\n').Where(line => line.StartsWith(prefix, StringComparison.Ordinal)))
        {
            string name = line[prefix.Length..line.IndexOfAny(['{', ' '])];
            values[name] = values.GetValueOrDefault(name) + double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture);
        }
        return values;
    }

    public void Dispose() => http.Dispose();
}
