using System.Globalization;
using System.Net;

namespace Tailer.Hosting;

/// <summary>A host (name, IPv4 or IPv6) and a TCP port, as written in configuration: <c>bucks.example:7411</c>,
/// <c>127.0.0.1:7411</c>, <c>[::1]:7411</c>. Port 0 means "any free port" where something listens.</summary>
public readonly record struct NetworkAddress(string Host, int Port)
{
    /// <summary>What to tell somebody whose address could not be read.</summary>
    public const string Expected = "an address with a port, such as 127.0.0.1:7411, [::1]:7411 or bucks.example:7411";

    public static bool TryParse(string? text, out NetworkAddress address)
    {
        address = default;
        text = text?.Trim() ?? "";
        int colon = text.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > ushort.MaxValue)
            return false;
        string host = text[..colon];
        bool bracketed = host.StartsWith('[') && host.EndsWith(']');
        if (bracketed)
            host = host[1..^1];
        bool isIPv6 = IPAddress.TryParse(host, out IPAddress? ip) && ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        if (bracketed != isIPv6 || Uri.CheckHostName(host) == UriHostNameType.Unknown)
            return false;
        address = new NetworkAddress(host, port);
        return true;
    }

    /// <summary>True when only this machine can reach the address.</summary>
    public bool IsLoopback => IPAddress.TryParse(Host, out IPAddress? ip) ? IPAddress.IsLoopback(ip) : Host.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    /// <summary>An <see cref="IPEndPoint"/> for an IP address, else a <see cref="DnsEndPoint"/>, which a socket resolves when it connects.</summary>
    public EndPoint ToEndPoint() =>
        IPAddress.TryParse(Host, out IPAddress? ip) ? new IPEndPoint(ip, Port)
        : IsLoopback ? new IPEndPoint(IPAddress.Loopback, Port)
        : new DnsEndPoint(Host, Port);

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
