using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tailer.Blocks;
using Tailer.Disk;
using Tailer.Hosting;
using Tailer.Wire;

namespace Tailer.Buck;

/// <summary>Puts a buck together: every part, once, by name.</summary>
internal static class BuckHost
{
    private const int ViewerSendBytes = 256 * 1024;

    /// <summary>A viewer that reads nothing for so long is not there any more, whatever its system says.</summary>
    private static readonly TimeSpan StalledViewerMax = TimeSpan.FromMinutes(10);

    /// <summary>Builds the buck; the data directory is the caller's, locked and private.</summary>
    public static WebApplication Build(WebApplicationBuilder builder, BuckOptions options, string version)
    {
        CredentialFile credential = LoadCredential(options);
        ILogger? log = null;
        Func<EnvironmentTrust> trust = LoadTrust(options, credential, problem => BuckLog.RevocationsNotTaken(log!, problem));
        AddStore(builder.Services, options);
        AddLive(builder.Services, options, trust, version);
        AddWire(builder.Services, options, credential, trust, version);
        IPEndPoint http = Resolve(options.Http, "http");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // A reader may be slow for as long as it likes: its queue is bounded and what it misses is counted.
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(http);
        });
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = Listen);
        WebApplication app = builder.Build();
        log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(BuckHost));
        WarnOfDisksLeftOut(app.Services.GetRequiredService<DiskAdmission>(), app.Services.GetRequiredService<IDisk>(), options, log);
        Map(app);
        return app;
    }

    /// <summary>Hosted services stop in the opposite order: first the door, last the files.</summary>
    private static void AddStore(IServiceCollection services, BuckOptions options)
    {
        services.TryAddSingleton<IDisk>(SystemDisk.Instance);
        services.AddSingleton(new StoreOptions { FutureMax = LogTime.FromTimeSpan(options.FutureMax) });
        services.AddSingleton<SourceCatalog>();
        services.AddSingleton(s => new BucketStore(
            Disks(options, s.GetRequiredService<IDisk>()), s.GetRequiredService<StoreOptions>(), s.GetRequiredService<SourceCatalog>(), s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<BucketStore>>()));
        services.AddSingleton(s => new GroupCommit(
            s.GetRequiredService<BucketStore>(), options.Disks.Count == 0 ? null : s.GetRequiredService<DiskAdmission>(), options.FsyncInterval,
            s.GetRequiredService<CounterJournal>().Calls, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<GroupCommit>>()));
        services.AddSingleton(s => Admission(options, s.GetRequiredService<IDisk>()));
        services.AddHostedService(s => s.GetRequiredService<GroupCommit>());
        services.AddSingleton<DamageBook>();
        services.AddSingleton<Scrub>();
        services.AddHostedService(s => new ScrubLoop(
            s.GetRequiredService<BucketStore>(), s.GetRequiredService<Scrub>(), options.ScrubRate, options.ScrubPause, s.GetRequiredService<ILogger<ScrubLoop>>()));
    }

    private static IReadOnlyList<StoreDisk> Disks(BuckOptions options, IDisk disk) => options.Disks.Count > 0
        ? [.. options.Disks.Select(d => new StoreDisk(disk, d with { Timeout = options.DiskTimeout }, identity: null))]
        : [StoreDisk.Only(disk, options.Data, options.DiskReserveBytes, options.DiskTimeout)];

    private static DiskAdmission Admission(BuckOptions options, IDisk disk)
    {
        try
        {
            return new DiskAdmission(disk, Path.TrimEndingDirectorySeparator(options.Data), options.Environment, options.Name, StateDirectory.Ensure);
        }
        catch (IOException e)
        {
            throw new FatalException(ExitCode.Config, e.Message, e);
        }
    }

    /// <summary>Disks, or a data directory, with buckets that nobody will see.</summary>
    private static void WarnOfDisksLeftOut(DiskAdmission admission, IDisk disk, BuckOptions options, ILogger log)
    {
        string data = Path.TrimEndingDirectorySeparator(options.Data);
        foreach (KnownDisk known in admission.Known.Where(known => known.Path.Length > 0 && known.Path != data && options.Disks.All(d => d.Path != known.Path)))
            BuckLog.DiskNotConfigured(log, known.Path, known.Number);
        bool isListed = options.Disks.Count == 0 || options.Disks.Any(d => d.Path == data);
        if (!isListed && disk.List(data).Any(Names.IsDay))
            BuckLog.DiskNotConfigured(log, data, 0);
    }

    private static void AddLive(IServiceCollection services, BuckOptions options, Func<EnvironmentTrust> trust, string version)
    {
        services.AddSingleton(new HttpOptions
        {
            Name = options.Name,
            Version = version,
            Listen = Resolve(options.Http, "http"),
            ListenHost = options.Http.Host,
            AllowedHosts = options.AllowedHosts,
            AllowedOrigins = options.AllowedOrigins,
            MetricsToken = options.MetricsTokenFile is { } file ? SecretFile.ReadText(file) : null,
        });
        services.AddSingleton<LiveFeed>();
        services.AddHostedService(s => s.GetRequiredService<LiveFeed>());
        AddCounters(services, options);
        services.AddSingleton<InterestLoop>();
        services.AddHostedService(s => s.GetRequiredService<InterestLoop>());
        services.AddSingleton<Backlog>();
        services.AddSingleton<PacketLoader>();
        services.AddSingleton<LiveSession>();
        services.AddSingleton(s => new TicketCheck(trust, options.Name, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<HttpGuard>();
        services.AddSingleton<TailEndpoint>();
        services.AddSingleton<StatusEndpoint>();
        services.AddSignalR().AddJsonProtocol(json => json.PayloadSerializerOptions.TypeInfoResolverChain.Insert(0, BuckJson.Default));
    }

    /// <summary>After the feed and before the wire, so that they are kept when no packet comes any more, and while the feed still runs.</summary>
    private static void AddCounters(IServiceCollection services, BuckOptions options)
    {
        services.AddSingleton(new CounterBook(options.Counters));
        services.AddSingleton(s => new CounterJournal(s.GetRequiredService<IDisk>(), Path.Combine(options.Data, CounterKeeper.DirectoryName), options.DiskTimeout));
        services.AddSingleton<CounterIntake>();
        services.AddHostedService(s => new CounterKeeper(
            s.GetRequiredService<CounterBook>(), s.GetRequiredService<CounterJournal>(), s.GetRequiredService<LiveFeed>(), s.GetRequiredService<BucketStore>(), s.GetRequiredService<IDisk>(),
            options.Data, s.GetRequiredService<SourceCatalog>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<CounterKeeper>>()));
        if (options.Graphite is { } graphite)
        {
            services.AddHostedService(s => new GraphiteSender(
                graphite, options.Name, s.GetRequiredService<CounterBook>(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<GraphiteSender>>()));
        }
    }

    private static void AddWire(IServiceCollection services, BuckOptions options, CredentialFile credential, Func<EnvironmentTrust> trust, string version)
    {
        services.AddSingleton<AgentBook>();
        services.AddSingleton<LeaseBook>();
        services.AddSingleton(s => new BucketLister(s.GetRequiredService<BucketStore>(), (int)options.BucketTime.TotalSeconds, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<RecordServer>();
        services.AddSingleton<UnsealedSearch>();
        services.AddSingleton<ReaderRequests>();
        services.AddSingleton<AckWaits>();
        services.AddSingleton<PacketReceiver>();
        services.AddSingleton(new WireOptions(Resolve(options.Listen, "listen"), credential, $"tailer-buck {version}", trust));
        services.AddSingleton<WireService>();
        services.AddHostedService(s => s.GetRequiredService<WireService>());
    }

    private static void Map(WebApplication app)
    {
        HttpGuard guard = app.Services.GetRequiredService<HttpGuard>();
        BucketStore store = app.Services.GetRequiredService<BucketStore>();
        Metrics metrics = app.Services.GetRequiredService<Metrics>();
        BuckMetrics.Observe(store, app.Services.GetRequiredService<LiveFeed>(), app.Services.GetRequiredService<AgentBook>(), app.Services.GetRequiredService<DamageBook>(),
            app.Services.GetRequiredService<AckWaits>());
        IReadOnlyList<System.Diagnostics.Metrics.Meter> counters = CounterMetrics.Observe(app.Services.GetRequiredService<CounterBook>());
        app.Lifetime.ApplicationStopped.Register(() =>
        {
            foreach (System.Diagnostics.Metrics.Meter meter in counters)
                meter.Dispose();
        });
        app.Use((http, next) => guard.InvokeAsync(http, next));
        app.MapGet("/healthz", (HttpContext http) => http.Response.WriteAsync("ok\n"));
        app.MapGet("/readyz", (HttpContext http) =>
        {
            string? reason = store.Refusal;
            http.Response.StatusCode = reason is null ? 200 : 503;
            return http.Response.WriteAsync($"{reason ?? "ready"}\n");
        });
        app.MapGet("/metrics", (HttpContext http) =>
        {
            http.Response.ContentType = Metrics.ContentType;
            return http.Response.WriteAsync(metrics.Write());
        });
        app.MapGet("/tail", (RequestDelegate)app.Services.GetRequiredService<TailEndpoint>().HandleAsync);
        app.MapGet("/status", (RequestDelegate)app.Services.GetRequiredService<StatusEndpoint>().HandleAsync);
        app.MapHub<LiveHub>("/live", live => live.TransportSendTimeout = StalledViewerMax);
    }

    private static CredentialFile LoadCredential(BuckOptions options)
    {
        CredentialFile credential;
        try
        {
            credential = CredentialFile.Load(options.CredentialPath);
        }
        catch (CredentialFileException e)
        {
            throw new FatalException(ExitCode.Config, e.Message, e);
        }
        if (credential.Credential.Role != Role.Buck || credential.Credential.Name != options.Name)
        {
            throw new FatalException(ExitCode.Config,
                $"{options.CredentialPath} is of {credential.Credential.Role.Word()} {credential.Credential.Name}; this is buck {options.Name}. Use its credential, or correct 'name'.");
        }
        return credential;
    }

    /// <summary>A buck that should heed a list of revocations does not start without one.</summary>
    private static Func<EnvironmentTrust> LoadTrust(BuckOptions options, CredentialFile credential, Action<string> onProblem)
    {
        if (options.RevocationsPath is not { } path)
            return () => credential.Trust;
        try
        {
            var trust = new ReloadingTrust(credential.Trust, path, TimeProvider.System, onProblem);
            return () => trust.Current;
        }
        catch (CredentialFileException e)
        {
            throw new FatalException(ExitCode.Config, e.Message, e);
        }
    }

    /// <summary>
    /// Connections inherit it. Left to itself the kernel takes up to 4 MB for one that stalls; this much carries some 10 MB/s over 50 ms.
    /// </summary>
    private static Socket Listen(EndPoint address)
    {
        Socket socket = SocketTransportOptions.CreateDefaultBoundListenSocket(address);
        socket.SendBufferSize = ViewerSendBytes;
        return socket;
    }

    private static IPEndPoint Resolve(NetworkAddress address, string key)
    {
        if (address.ToEndPoint() is IPEndPoint endPoint)
            return endPoint;
        IPAddress[] found = [];
        try
        {
            found = Dns.GetHostAddresses(address.Host);
        }
        catch (System.Net.Sockets.SocketException e)
        {
            throw new FatalException(ExitCode.Config, $"'{key}' is {address}, which cannot be resolved: {e.Message}", e);
        }
        return new IPEndPoint(found[0], address.Port);
    }
}
