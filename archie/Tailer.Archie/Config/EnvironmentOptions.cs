using Tailer.Hosting;

namespace Tailer.Archie;

/// <summary>One environment that archie serves.</summary>
internal sealed record EnvironmentOptions(
    string Name, string CredentialPath, IReadOnlyList<BuckOptions> Bucks, string RecentPath, string ArchivePath, TimeSpan BucketTime)
{
    public static EnvironmentOptions Read(ConfigSection section) => new(
        section.Text("name"),
        section.Path("credential"),
        section.List("bucks", BuckOptions.Read, required: true),
        section.Section("recent", s => s.Path("path")),
        section.Section("archive", s => s.Path("path")),
        section.Duration("bucket_time", TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)));
}
