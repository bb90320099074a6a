using System.Globalization;
using System.Text;
using Tailer.Hosting;

namespace Tailer.Cli.Up;

/// <summary>Writes the configuration of every part, with times so short that everything can be seen within minutes.</summary>
internal sealed class ConfigFiles(UpLayout layout, string environment, IReadOnlyList<UpProcess> bucks, string archieUrl)
{
    public const int BucketSeconds = 10;

    /// <summary>Applications of the demo logs by folder, which is how an operator would configure them too.</summary>
    private static readonly (string Folder, string App)[] DemoApps =
        [("nginx", "nginx"), ("orders", "orders"), ("postgres", "postgres"), ("billing", "billing"), ("system", "")];

    public void Write(IReadOnlyList<string> globs, bool demo)
    {
        Save("agent", Agent(globs, demo));
        foreach (UpProcess buck in bucks)
            Save(buck.Name, Buck(buck));
        Save("porter", Porter());
        Save("archie", Archie());
    }

    internal static string Quote(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal).Replace("${", "$${", StringComparison.Ordinal) + "'";

    private string Agent(IReadOnlyList<string> globs, bool demo)
    {
        var yaml = new StringBuilder();
        yaml.Append(Invariant, $"""
            environment: {Quote(environment)}
            credential: {Quote(layout.Credential("agent"))}
            state: {Quote(layout.StateOf("agent"))}
            bucket_time: {BucketSeconds}s
            bucks:
            {BuckList(b => $"  - {{ name: {b.Name}, address: {Quote(b.Listen!)} }}")}
            sources:

            """);
        if (globs.Count > 0)
            yaml.Append("  - paths:\n").AppendJoin("", globs.Select(g => $"      - {Quote(g)}\n"));
        if (demo)
        {
            foreach ((string folder, string app) in DemoApps)
                yaml.Append(Invariant, $"  - paths: [{Quote(Path.Combine(layout.DemoLogs, folder, "*.log"))}]\n{(app.Length > 0 ? $"    app: {app}\n" : "")}");
        }

        return yaml.ToString();
    }

    private string Buck(UpProcess buck) => $"""
        environment: {Quote(environment)}
        name: {buck.Name}
        credential: {Quote(layout.Credential(buck.Name))}
        data: {Quote(layout.StateOf(buck.Name))}
        listen: {Quote(buck.Listen!)}
        http: {Quote(Authority(buck.Http!))}
        allowed_origins: [{Quote(archieUrl)}]
        bucket_time: {BucketSeconds}s
        disk_reserve: 256MiB

        """;

    private string Porter() => $"""
        environment: {Quote(environment)}
        credential: {Quote(layout.Credential("porter"))}
        state: {Quote(layout.StateOf("porter"))}
        bucks:
        {BuckList(b => $"  - {{ name: {b.Name}, address: {Quote(b.Listen!)} }}")}
        bucket_time: {BucketSeconds}s
        span: 1m
        archive_after: 1m
        archive_max_delay: 2m
        prune_grace: 30s
        poll_interval: 1s
        recent:
          path: {Quote(layout.Recent)}
        archive:
          path: {Quote(layout.Archive)}

        """;

    private string Archie() => $"""
        http: {Quote(Authority(archieUrl))}
        token_file: {Quote(layout.TokenFile)}
        environments:
          - name: {Quote(environment)}
            credential: {Quote(layout.Credential("archie"))}
            bucket_time: {BucketSeconds}s
            bucks:
        {BuckList(b => $"      - {{ name: {b.Name}, address: {Quote(b.Listen!)}, http: {Quote(b.Http!)} }}")}
            recent:
              path: {Quote(layout.Recent)}
            archive:
              path: {Quote(layout.Archive)}
        history:
          path: {Quote(layout.History)}

        """;

    private static CultureInfo Invariant => CultureInfo.InvariantCulture;

    private static string Authority(string url) => new Uri(url).Authority;

    private string BuckList(Func<UpProcess, string> line) => string.Join('\n', bucks.Select(line));

    private void Save(string name, string yaml) => SecretFile.Write(layout.ConfigOf(name), Encoding.UTF8.GetBytes(yaml));
}
