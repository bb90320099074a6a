using System.Net;

namespace Tailer.Buck;

/// <summary>The door for browsers and scripts.</summary>
internal sealed record HttpOptions
{
    public required string Name { get; init; }
    public required string Version { get; init; }
    public required IPEndPoint Listen { get; init; }

    /// <summary>As configured: an address or a name.</summary>
    public required string ListenHost { get; init; }
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>Allows <c>/metrics</c> without a ticket; null: there is none.</summary>
    public string? MetricsToken { get; init; }
}
