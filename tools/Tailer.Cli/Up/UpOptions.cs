namespace Tailer.Cli.Up;

/// <summary>What <c>tailer up</c> was asked for. Paths are absolute.</summary>
/// <param name="Globs">Files to follow; empty means the readable system logs.</param>
/// <param name="Demo">Also write logs of an imaginary shop, and follow them.</param>
/// <param name="StateDirectory">Where everything is kept.</param>
/// <param name="FirstPort">Where the search for free ports begins.</param>
internal sealed record UpOptions(IReadOnlyList<string> Globs, bool Demo, string StateDirectory, int FirstPort);
