using Tailer.Hosting;

namespace Tailer.Archie;

/// <summary>The keys of archie.yaml; docs/operating.md describes them.</summary>
internal sealed record ArchieOptions(
    NetworkAddress Http, string TokenPath, IReadOnlyList<string> AllowedHosts, IReadOnlyList<EnvironmentOptions> Environments, HistoryOptions History)
{
    public static ArchieOptions Read(ConfigSection section)
    {
        var options = new ArchieOptions(
            section.Address("http"),
            section.Path("token_file"),
            section.Texts("allowed_hosts"),
            section.List("environments", EnvironmentOptions.Read, required: true),
            section.Section("history", HistoryOptions.Read));
        foreach (IGrouping<string, EnvironmentOptions> same in options.Environments.GroupBy(e => e.Name, StringComparer.Ordinal).Where(g => g.Count() > 1))
            section.Error("environments", $"two environments are named '{same.Key}'");
        return options;
    }
}
