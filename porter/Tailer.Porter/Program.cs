using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tailer.Disk;
using Tailer.Hosting;
using Tailer.Porter;
using Tailer.Stores;
using Tailer.Wire;

return await Daemon.RunAsync(args, "tailer-porter", PorterOptions.Read, RunAsync).ConfigureAwait(false);

static async Task RunAsync(DaemonContext<PorterOptions> context)
{
    PorterOptions options = context.Options;
    CredentialFile credential = LoadCredential(options.CredentialPath);
    using StateDirectory state = StateDirectory.Ensure(options.StatePath);
    StateDirectory.EnsurePrivate(options.RecentPath);
    string sealing = Path.Combine(state.Path, "sealing");

    HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
    context.Apply(builder);
    IServiceCollection services = builder.Services;
    services.AddSingleton<IDisk>(SystemDisk.Instance);
    services.AddSingleton<PorterMetrics>();
    services.AddSingleton<PorterProgress>();
    services.AddSingleton<AgentBook>();

    BuckConnectionOptions wire = new() { Channel = new ChannelOptions { Software = $"tailer-porter {context.Version}" } };
    WireBuck[] bucks = [.. options.Bucks.Select(buck => new WireBuck(buck.Name, buck.Address.ToEndPoint(), credential, wire))];
    services.AddSingleton(s => new BuckFleet(bucks, s.GetRequiredService<ILogger<BuckFleet>>()));
    services.AddSingleton(s => new PorterLease(s.GetRequiredService<BuckFleet>(), HolderName(credential, state.Path), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<PorterLease>>()));
    services.AddSingleton<RecordBodies>();
    services.AddSingleton<PacketMerge>();
    services.AddSingleton<ManifestBodies>();
    services.AddSingleton<PacketWant>();
    services.AddSingleton<Healer>();

    services.AddSingleton<RecentRound>();
    services.AddSingleton(s => new StatusFile(s.GetRequiredService<IDisk>(), options.RecentPath));

    services.AddSingleton(s => new DirectoryArchive(s.GetRequiredService<IDisk>(), options.ArchivePath, s.GetRequiredService<TimeProvider>()));
    services.AddSingleton(s => new ArchiveCatalog(s.GetRequiredService<DirectoryArchive>(), options.Environment, s.GetRequiredService<ILogger<ArchiveCatalog>>()));
    services.AddSingleton(s => new EarlierSegments(s.GetRequiredService<ArchiveCatalog>()));
    services.AddSingleton(s => ActivatorUtilities.CreateInstance<SegmentPut>(s, sealing, options.Environment));
    services.AddSingleton(s => ActivatorUtilities.CreateInstance<PartSealer>(s, options.Environment));
    services.AddSingleton<SpanSealer>();
    services.AddSingleton<BucketPruner>();
    services.AddSingleton<ArchiveRound>();
    services.AddSingleton(s => ActivatorUtilities.CreateInstance<Sweeper>(s, sealing));

    services.AddHostedService<LeaseLoop>();
    services.AddHostedService<RecentLoop>();
    services.AddHostedService<ArchiveLoop>();
    services.AddHostedService<HealLoop>();

    using IHost host = builder.Build();
    host.Services.GetRequiredService<Sweeper>().SweepState();
    try
    {
        await context.RunHostAsync(host).ConfigureAwait(false);
    }
    finally
    {
        foreach (WireBuck buck in bucks)
            await buck.DisposeAsync().ConfigureAwait(false);
    }
}

static CredentialFile LoadCredential(string path)
{
    CredentialFile credential;
    try
    {
        credential = CredentialFile.Load(path);
    }
    catch (CredentialFileException e)
    {
        throw new FatalException(ExitCode.Config, e.Message, e);
    }
    if (credential.Credential.Role != Role.Porter)
        throw new FatalException(ExitCode.Config, $"{path} is a credential of role {credential.Credential.Role.Word()}, and a porter needs one of role porter; issue it with 'tailer keys issue'");
    return credential;
}

// The same after a restart with the same state, another for any other porter.
static string HolderName(CredentialFile credential, string state)
{
    string name = $"{credential.Credential.Name}@{Environment.MachineName}:{state}";
    return name.Length <= 80 ? name : string.Concat(name.AsSpan(0, 40), "...", name.AsSpan(name.Length - 37));
}
