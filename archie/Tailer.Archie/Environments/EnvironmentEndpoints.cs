namespace Tailer.Archie;

/// <summary>What the page asks first: where the bucks are, and a ticket for them.</summary>
internal static class EnvironmentEndpoints
{
    private const int ApiVersion = 1;

    public static void Map(WebApplication app, string version)
    {
        app.MapGet("/api/v1/config", (HttpContext context, EnvironmentList environments) =>
            Answer.Json(context, new ConfigAnswer(version, ApiVersion, [.. environments.All.Select(Describe)],
                new LimitsAnswer(RequestLimits.SearchLimitMax, RequestLimits.QueryCharsMax, RequestLimits.ContextLinesMax)), ArchieJson.Default.ConfigAnswer));
        app.MapGet("/api/v1/ticket", (HttpContext context, EnvironmentList environments) =>
            environments.TryFind(context.Request.Query["env"], out ServedEnvironment? environment, out Problem? problem)
                ? Answer.Json(context, environment.IssueTicket(), ArchieJson.Default.TicketAnswer)
                : Problem.WriteAsync(context, problem));
    }

    private static EnvironmentAnswer Describe(ServedEnvironment environment)
    {
        TicketAnswer ticket = environment.IssueTicket();
        return new EnvironmentAnswer(environment.Name, [.. environment.Bucks.Select(b => new BuckAnswer(b.Name, b.Options.Http))], ticket.Ticket, ticket.Expires);
    }
}
