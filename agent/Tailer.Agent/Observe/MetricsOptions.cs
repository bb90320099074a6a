using System.Net;
using Tailer.Hosting;

namespace Tailer.Agent;

/// <summary>Where <c>/metrics</c> is to be had.</summary>
/// <param name="Token">What who asks must bring; null: nothing, which is allowed on loopback only.</param>
internal sealed record MetricsOptions(NetworkAddress Listen, string? TokenFile)
{
    public static MetricsOptions Read(ConfigSection section)
    {
        NetworkAddress listen = section.Address("listen");
        string? tokenFile = section.PathOrNull("token_file");
        if (listen.Host.Length > 0 && !IPAddress.TryParse(listen.Host, out _) && !listen.IsLoopback)
            section.Error("listen", $"'{listen.Host}' is no address of this machine: give an IP address, such as 127.0.0.1:9100");
        if (!listen.IsLoopback && tokenFile is null)
            section.Error("listen", $"{listen} can be reached from other machines; give a token_file, or listen on 127.0.0.1");
        return new MetricsOptions(listen, tokenFile);
    }
}
