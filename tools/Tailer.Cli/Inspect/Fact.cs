namespace Tailer.Cli.Inspect;

/// <summary>One thing that is so.</summary>
/// <param name="Key">Its name for programs, camelCase.</param>
/// <param name="Label">Its name for people.</param>
/// <param name="Value">The value.</param>
internal sealed record Fact(string Key, string Label, Cell Value);
