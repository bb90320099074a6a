using Microsoft.Extensions.FileProviders;

namespace Tailer.Archie;

/// <summary>The built web app: plain files with a policy that lets them talk to archie and to the bucks, and to nobody else.</summary>
internal static class WebPage
{
    public static string Root { get; } = Path.Combine(AppContext.BaseDirectory, "wwwroot");

    /// <summary>Serves the app; where it has not been built, says how to.</summary>
    public static void Use(WebApplication app, ArchieOptions options)
    {
        string policy = PolicyOf(options);
        if (!File.Exists(Path.Combine(Root, "index.html")))
        {
            app.MapGet("/", () => Results.Text(
                "The web app is not built. In archie/Tailer.Archie/web run: npm ci && npm run build; then build archie again. The API works.\n",
                statusCode: StatusCodes.Status503ServiceUnavailable));
            return;
        }

        var files = new PhysicalFileProvider(Root);
        app.Lifetime.ApplicationStopped.Register(files.Dispose);
        app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = files,
            OnPrepareResponse = file =>
            {
                IHeaderDictionary headers = file.Context.Response.Headers;
                headers.ContentSecurityPolicy = policy;
                headers.XContentTypeOptions = "nosniff";
                headers["Referrer-Policy"] = "no-referrer";
                // Names under assets/ carry a hash of their content.
                headers.CacheControl = file.Context.Request.Path.StartsWithSegments("/assets") ? "private, max-age=31536000, immutable" : "no-cache";
            },
        });
    }

    internal static string PolicyOf(ArchieOptions options)
    {
        IEnumerable<string> bucks = options.Environments.SelectMany(e => e.Bucks).Select(b => new Uri(b.Http).GetLeftPart(UriPartial.Authority)).Distinct()
            .SelectMany(origin => new[] { origin, "ws" + origin["http".Length..] });
        return $"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self' {string.Join(' ', bucks)}; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }
}
