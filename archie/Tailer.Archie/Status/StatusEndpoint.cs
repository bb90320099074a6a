using Tailer.Blocks;

namespace Tailer.Archie;

/// <summary>The state of all environments. docs/formats/http.md, section 3.7.</summary>
internal static class StatusEndpoint
{
    public static void Map(WebApplication app) => app.MapGet("/api/v1/status", ReadAsync);

    private static async Task ReadAsync(HttpContext context, EnvironmentList environments, StatusReader reader, TimeProvider clock)
    {
        string? name = context.Request.Query["env"];
        ServedEnvironment[] asked = [.. environments.All.Where(e => string.IsNullOrEmpty(name) || e.Name == name)];
        if (asked.Length == 0)
        {
            environments.TryFind(name, out _, out Problem? problem);
            await Problem.WriteAsync(context, problem!);
            return;
        }

        EnvironmentStatus[] status = await Task.WhenAll(asked.Select(environment => reader.ReadAsync(environment, context.RequestAborted)));
        await Answer.Json(context, new StatusAnswer(LogTime.Format(LogTime.Now(clock)), status), ArchieJson.Default.StatusAnswer);
    }
}
