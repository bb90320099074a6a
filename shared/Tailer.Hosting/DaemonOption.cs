namespace Tailer.Hosting;

/// <summary>An option of one daemon beside those that all have.</summary>
/// <param name="Name">With its dashes: <c>--status</c>.</param>
/// <param name="ValueName">What follows it, for the help text: <c>FILE</c>; null when nothing does.</param>
/// <param name="Help">One line for the help text.</param>
public sealed record DaemonOption(string Name, string? ValueName, string Help);
