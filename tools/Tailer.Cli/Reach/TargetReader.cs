using Tailer.Cli.Up;
using Tailer.Hosting;

namespace Tailer.Cli.Reach;

/// <summary>Reads a target from the state directory of a running <c>tools/up</c>, or from a file with archie's keys.</summary>
internal static class TargetReader
{
    /// <exception cref="FatalException">78 or 69 when there is nothing to read, with what to do.</exception>
    /// <exception cref="ConfigException">The file has errors.</exception>
    public static Target Read(string? configFile, string stateDirectory, string? environment) =>
        configFile is not null ? Choose(ConfigFile.Load(configFile, Read), environment, configFile) : FromState(stateDirectory);

    private static Target FromState(string directory)
    {
        string path = new UpLayout(Path.GetFullPath(directory)).StateFile;
        UpState state = UpState.Read(path)
            ?? throw new FatalException(ExitCode.Config, $"{path} is not there. Start tools/up, name its state directory with --state DIR, or a configuration with --config FILE.");
        return new Target(
            state.Environment, new Uri(state.Url), state.TokenFile, state.Credential,
            [.. state.Bucks.Select(b => new TargetBuck(b.Name, Address(b.Listen), new Uri(b.Http!)))],
            state.ArchivePath, TimeSpan.FromSeconds(state.BucketSeconds));
    }

    /// <summary>Archie's keys (docs/operating.md); the ones that do not matter here are read and not used.</summary>
    private static IReadOnlyList<Target> Read(ConfigSection section)
    {
        NetworkAddress http = section.Address("http");
        string token = section.Path("token_file");
        section.Texts("allowed_hosts");
        section.TextOrNull("log_level");
        section.Section("history", history => (history.PathOrNull("path"), history.DurationOrNull("expire_after"), history.SizeOrNull("max_bytes")));
        return section.List("environments", e => Environment(e, new Uri($"http://{http}"), token), required: true);
    }

    private static Target Environment(ConfigSection section, Uri archie, string token)
    {
        section.Section("recent", recent => recent.PathOrNull("path"));
        return new Target(
            section.Text("name"), archie, token, section.Path("credential"),
            section.List("bucks", b => new TargetBuck(b.Text("name"), b.Address("address"), b.HttpUri("http")), required: true),
            section.Section("archive", archive => archive.Path("path")),
            section.Duration("bucket_time", TimeSpan.FromMinutes(1)));
    }

    private static Target Choose(IReadOnlyList<Target> targets, string? environment, string file)
    {
        if (environment is null && targets.Count == 1)
            return targets[0];
        string names = string.Join(", ", targets.Select(t => t.Environment));
        return targets.FirstOrDefault(t => t.Environment == environment)
            ?? throw new FatalException(ExitCode.Usage, environment is null ? $"{file} has several environments; choose one with --env: {names}" : $"{file} has no environment '{environment}'; it has {names}");
    }

    private static NetworkAddress Address(string? text) =>
        NetworkAddress.TryParse(text, out NetworkAddress address) ? address : throw new FatalException(ExitCode.Config, $"'{text}' in the state file is not an address; start tools/up again");
}
