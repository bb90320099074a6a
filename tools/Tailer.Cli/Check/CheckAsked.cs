namespace Tailer.Cli.Check;

/// <summary>What is to be checked.</summary>
/// <param name="Name">For people; by default the query.</param>
/// <param name="Query">Lines that are counted.</param>
/// <param name="Over">Of the time that ends now.</param>
/// <param name="Warn">Null: never.</param>
/// <param name="Crit">Null: never.</param>
internal sealed record CheckAsked(string Name, string Query, TimeSpan Over, AlertRange? Warn, AlertRange? Crit);
