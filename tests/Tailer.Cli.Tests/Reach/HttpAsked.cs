namespace Tailer.Cli.Tests.Reach;

/// <summary>What a client asked for: the target as it was sent, its headers, and its body where it has one.</summary>
internal sealed record HttpAsked(string Target, IReadOnlyDictionary<string, string> Headers, string Body);
