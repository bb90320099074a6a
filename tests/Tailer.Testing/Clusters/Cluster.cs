using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Tailer.Wire;

namespace Tailer.Testing;

/// <summary>
/// A whole Tailer on loopback: an agent, some bucks, a porter and an archie as real processes, in a directory of its own.
/// The command line uses it by <see cref="CliArguments"/>.
/// </summary>
public sealed class Cluster : IAsyncDisposable
{
    private readonly TempDirectory directory = new();
    private readonly ClusterOptions options;
    private readonly int[] buckPorts;
    private readonly int[] buckHttpPorts;

    private Cluster(ClusterOptions options, EnvironmentAuthority authority)
    {
        this.options = options;
        buckPorts = FreePorts(options.Bucks);
        buckHttpPorts = FreePorts(options.Bucks);
        ArchiePort = FreePorts(1)[0];
        Token = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        WriteSecret("token", Token);
        Issue(authority);
        Agent = new ClusterPart(options.AgentExecutable ?? "tailer-agent", "agent", Write("agent.yaml", AgentYaml()), null);
        Bucks = [.. Enumerable.Range(0, options.Bucks).Select(i => new ClusterPart("tailer-buck", BuckName(i), Write($"{BuckName(i)}.yaml", BuckYaml(i)), buckHttpPorts[i]))];
        Porter = new ClusterPart("tailer-porter", "porter", Write("porter.yaml", PorterYaml()), null);
        Archie = new ClusterPart("tailer-archie", "archie", Write("archie.yaml", ArchieYaml("archie")), ArchiePort);
        CliConfig = Write("cli.yaml", ArchieYaml("operator"));
    }

    public ClusterPart Agent { get; }

    public IReadOnlyList<ClusterPart> Bucks { get; }

    public ClusterPart Porter { get; }

    public ClusterPart Archie { get; }

    public IEnumerable<ClusterPart> Parts => [.. Bucks, Agent, Porter, Archie];

    public int ArchiePort { get; }

    public string Token { get; }

    public string CliConfig { get; }

    public string ArchieUrl => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ArchiePort}");

    public string Host => options.Host;

    public string Root => directory.Path;

    public string AgentState => options.AgentState ?? directory["agent"];

    public string ArchivePath => directory["archive"];

    public string RecentPath => directory["recent"];

    public string PorterState => directory["porter"];

    /// <summary>Writes keys and configurations; nothing runs yet.</summary>
    public static Cluster Create(ClusterOptions options)
    {
        using EnvironmentAuthority authority = EnvironmentAuthority.Create();
        return new Cluster(options, authority);
    }

    /// <summary>Creates and starts everything; returns when all accept connections.</summary>
    public static async Task<Cluster> Start(ClusterOptions options)
    {
        Cluster cluster = Create(options);
        foreach (ClusterPart part in cluster.Parts)
            part.Start();
        foreach (ClusterPart part in cluster.Parts)
            await part.Ready();
        return cluster;
    }

    /// <summary>Starts all bucks; returns when they accept connections.</summary>
    public async Task StartBucks()
    {
        foreach (ClusterPart buck in Bucks)
            buck.Start();
        foreach (ClusterPart buck in Bucks)
            await buck.Ready();
    }

    public IPEndPoint BuckAddress(int i) => new(IPAddress.Loopback, buckPorts[i]);

    public string BuckHttp(int i) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{buckHttpPorts[i]}");

    public string BuckData(int i) => options.BuckData?.Invoke(i) ?? directory[BuckName(i)];

    public string CredentialPath(string name) => directory[$"{name}.credential"];

    /// <summary>Runs the command line on this cluster, to its end.</summary>
    public Task<ProcessResult> Cli(params string[] arguments) =>
        TailerProcess.Run("tailer", [.. arguments, "--config", CliConfig], timeout: TimeSpan.FromMinutes(2));

    /// <summary>An HTTP client of archie that carries the token.</summary>
    public HttpClient ArchieClient()
    {
        var client = new HttpClient { BaseAddress = new Uri(ArchieUrl) };
        client.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ClusterPart part in Parts)
            await part.DisposeAsync();
        directory.Dispose();
    }

    /// <summary>Ports nobody listens on now.</summary>
    public static int[] FreePorts(int count)
    {
        var listeners = new List<TcpListener>();
        for (int i = 0; i < count; i++)
        {
            var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            listeners.Add(listener);
        }
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        listeners.ForEach(listener => listener.Dispose());
        return ports;
    }

    private static string BuckName(int i) => string.Create(CultureInfo.InvariantCulture, $"buck-{i + 1}");

    private void Issue(EnvironmentAuthority authority)
    {
        var year = TimeSpan.FromDays(365);
        authority.Issue(Role.Agent, "agent", HostsPolicy.Any, year, TimeProvider.System).Save(CredentialPath("agent"));
        for (int i = 0; i < options.Bucks; i++)
            authority.Issue(Role.Buck, BuckName(i), HostsPolicy.Own, year, TimeProvider.System).Save(CredentialPath(BuckName(i)));
        authority.Issue(Role.Porter, "porter", HostsPolicy.Own, year, TimeProvider.System).Save(CredentialPath("porter"));
        authority.Issue(Role.Archie, "archie", HostsPolicy.Own, year, TimeProvider.System).Save(CredentialPath("archie"));
        authority.Issue(Role.Operator, "operator", HostsPolicy.Own, year, TimeProvider.System).Save(CredentialPath("operator"));
    }

    private string Write(string name, string content) => directory.File(name, content);

    private void WriteSecret(string name, string content)
    {
        string path = directory.File(name, content);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private string BuckList(Func<int, string> address, bool http) => string.Join('\n', Enumerable.Range(0, options.Bucks)
        .Select(i => $"  - {{name: {BuckName(i)}, address: \"{address(i)}\"{(http ? $", http: \"{BuckHttp(i)}\"" : "")}}}"));

    private string AgentYaml() => $"""
        environment: test
        credential: {options.AgentCredential ?? CredentialPath("agent")}
        state: {AgentState}
        host: {options.Host}
        bucket_time: {options.BucketTime}
        {options.AgentSettings}
        bucks:
        {BuckList(options.AgentsViewOfBuck ?? (i => BuckAddress(i).ToString()), http: false)}
        sources:
        {options.AgentSources ?? $"  - paths: [{string.Join(", ", options.Paths.Select(path => $"\"{path}\""))}]\n    zone: UTC"}

        """;

    private string BuckYaml(int i) => $"""
        environment: test
        name: {BuckName(i)}
        credential: {CredentialPath(BuckName(i))}
        data: {BuckData(i)}
        listen: {BuckAddress(i)}
        http: {BuckHttp(i)["http://".Length..]}
        allowed_origins: ["{ArchieUrl}"]
        bucket_time: {options.BucketTime}
        disk_reserve: {options.DiskReserve}
        metrics_token_file: {directory["token"]}
        {options.BuckSettings}
        {options.BuckSettingsOf?.Invoke(i)}

        """;

    private string PorterYaml() => $"""
        environment: test
        credential: {CredentialPath("porter")}
        state: {PorterState}
        bucket_time: {options.BucketTime}
        span: {options.Span}
        archive_after: {options.ArchiveAfter}
        archive_max_delay: {options.ArchiveMaxDelay}
        prune_grace: {options.PruneGrace}
        poll_interval: {options.PorterPoll}
        recent:
          path: {RecentPath}
          retention: 14d
        archive:
          path: {ArchivePath}
        bucks:
        {BuckList(i => BuckAddress(i).ToString(), http: false)}

        """;

    private string ArchieYaml(string credential) => $"""
        http: 127.0.0.1:{ArchiePort}
        token_file: {directory["token"]}
        history:
          path: {directory["history"]}
          expire_after: {options.HistoryExpire}
        environments:
          - name: test
            credential: {CredentialPath(credential)}
            bucket_time: {options.BucketTime}
            recent:
              path: {RecentPath}
            archive:
              path: {ArchivePath}
            bucks:
        {BuckList(i => BuckAddress(i).ToString(), http: true).Replace("  - ", "      - ", StringComparison.Ordinal)}

        """;
}
