using System.Net;
using Microsoft.AspNetCore.Diagnostics;
using Tailer.Disk;
using Tailer.Hosting;

namespace Tailer.Archie;

/// <summary>Puts the parts of archie together, explicitly, and serves until it is told to stop.</summary>
internal static class ArchieServer
{
    public static async Task RunAsync(DaemonContext<ArchieOptions> context)
    {
        using StateDirectory state = StateDirectory.Ensure(context.Options.History.Path);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        context.Apply(builder);
        await using WebApplication app = Build(builder, context.Options, context.Version, context.Metrics);
        await context.RunHostAsync(app);
    }

    /// <summary>The web application, not yet started. <paramref name="builder"/> has logging already.</summary>
    internal static WebApplication Build(WebApplicationBuilder builder, ArchieOptions options, string version, Metrics metrics)
    {
        AccessToken token = AccessToken.Load(options.TokenPath);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = RequestLimits.BodyBytesMax;
            Listen(kestrel, options.Http);
        });
        Register(builder.Services, options);
        WebApplication app = builder.Build();
        app.UseExceptionHandler(errors => errors.Run(WriteErrorAsync));
        app.UseMiddleware<AccessMiddleware>(token, new HostNames(options.Http, options.AllowedHosts));
        app.UseRouting();
        app.MapGet("/healthz", () => "ok");
        app.MapGet("/readyz", () => "ready");
        app.MapGet("/metrics", () => Results.Text(metrics.Write(), Metrics.ContentType));
        EnvironmentEndpoints.Map(app, version);
        SearchEndpoints.Map(app);
        ContextEndpoint.Map(app);
        HistoryEndpoints.Map(app);
        HistorySearchEndpoints.Map(app);
        StatusEndpoint.Map(app);
        WebPage.Use(app, options);
        return app;
    }

    private static void Register(IServiceCollection services, ArchieOptions options)
    {
        services.AddSingleton<IDisk>(SystemDisk.Instance);
        services.AddSingleton(options.History);
        services.AddSingleton(provider => new EnvironmentList([.. options.Environments.Select(environment => ServedEnvironment.Open(
            environment, provider.GetRequiredService<IDisk>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()))]));
        services.AddSingleton<SearchGate>();
        services.AddSingleton<BuckReporter>();
        services.AddSingleton<KnownGaps>();
        services.AddSingleton<StatusReader>();
        services.AddSingleton(provider => new HistoryFiles(provider.GetRequiredService<IDisk>(), options.History.Path));
        services.AddSingleton(provider => OpenJobs(provider, options.History.Path));
        services.AddSingleton<HistoryLoader>();
        services.AddHostedService(provider => provider.GetRequiredService<HistoryLoader>());
        services.AddHostedService<HistoryExpiry>();
    }

    private static HistoryJobs OpenJobs(IServiceProvider provider, string folder)
    {
        HistoryJobs jobs = HistoryJobs.Open(provider.GetRequiredService<IDisk>(), folder, out bool damaged);
        if (damaged)
            HistoryLog.ListDamaged(provider.GetRequiredService<ILogger<HistoryLoader>>(), folder);
        return jobs;
    }

    private static void Listen(Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions kestrel, NetworkAddress address)
    {
        if (IPAddress.TryParse(address.Host, out IPAddress? ip))
            kestrel.Listen(ip, address.Port);
        else if (address.IsLoopback)
            kestrel.ListenLocalhost(address.Port);
        else
            throw new FatalException(ExitCode.Config, $"http: '{address}' must be an IP address or localhost: it is where archie listens");
    }

    /// <summary>What was not foreseen: the log has it whole, the asker is told no more than that it is there.</summary>
    private static Task WriteErrorAsync(HttpContext context)
    {
        Exception? error = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        if (error is BadHttpRequestException bad)
            return Problem.WriteAsync(context, new Problem(bad.StatusCode, "bad-request", "The request cannot be understood", bad.Message));
        return Problem.WriteAsync(context, new Problem(
            StatusCodes.Status500InternalServerError, "internal", "A defect", "Archie failed on this request; its log says how. Please report it."));
    }
}
