using System.Net;
using Tailer.Hosting;

namespace Tailer.Archie;

/// <summary>
/// The values of <c>Host</c> that archie answers to. A page of a stranger whose name was made to point here (DNS rebinding)
/// sends its own name, and is refused.
/// </summary>
internal sealed class HostNames
{
    private readonly HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="listen">The listen address; a loopback or "any" address is also reached as localhost.</param>
    /// <param name="allowed">Names (any port) or name:port.</param>
    public HostNames(NetworkAddress listen, IEnumerable<string> allowed)
    {
        bool isAny = IPAddress.TryParse(listen.Host, out IPAddress? ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any));
        if (!isAny)
            names.Add(Bracketed(listen.Host));
        if (isAny || listen.IsLoopback)
            names.UnionWith(["localhost", "127.0.0.1", "[::1]"]);
        foreach (string name in allowed)
            names.Add(name.Trim());
    }

    public bool Contains(HostString host) => host.HasValue && (names.Contains(host.Value!) || names.Contains(host.Host) || names.Contains(Bracketed(host.Host)));

    private static string Bracketed(string host) => host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[') ? $"[{host}]" : host;
}
