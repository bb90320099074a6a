using Tailer.Hosting;

namespace Tailer.Archie;

/// <summary>Puts the parts of archie together, explicitly, and serves until it is told to stop.</summary>
internal static class ArchieServer
{
    public static async Task RunAsync(DaemonContext<ArchieOptions> context)
    {
        AccessToken token = AccessToken.Load(context.Options.TokenPath);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        context.Apply(builder);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = RequestLimits.BodyBytesMax;
            NetworkAddress address = context.Options.Http;
            if (address.IsLoopback && address.Host == "localhost")
                kestrel.ListenLocalhost(address.Port);
            else
                kestrel.Listen(System.Net.IPAddress.Parse(address.Host), address.Port);
        });
        await using WebApplication app = builder.Build();
        Map(app, context.Options, token);
        app.MapGet("/metrics", (Metrics metrics) => Results.Text(metrics.Write(), Metrics.ContentType));
        await context.RunHostAsync(app);
    }

    internal static void Map(WebApplication app, ArchieOptions options, AccessToken token)
    {
        app.UseMiddleware<AccessMiddleware>(token, new HostNames(options.Http, options.AllowedHosts));
        app.MapGet("/healthz", () => "ok");
        WebPage.Use(app, options);
    }
}
