using Tailer.Hosting;

namespace Tailer.Buck;

/// <summary><c>graphite</c> in buck.yaml.</summary>
internal sealed record GraphiteOptions(NetworkAddress Address, string Prefix, TimeSpan Interval)
{
    public static GraphiteOptions Read(ConfigSection section)
    {
        string prefix = section.Text("prefix", "tailer");
        if (prefix.Length == 0 || prefix.Split('.').Any(part => part.Length == 0 || GraphiteText.Part(part) != part))
            section.Error("prefix", $"'{prefix}' must be names of letters, digits, '_' and '-' with dots between");
        return new GraphiteOptions(
            section.Address("address"), prefix, section.Duration("interval", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)));
    }
}
