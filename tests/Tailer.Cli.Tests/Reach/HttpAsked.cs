namespace Tailer.Cli.Tests.Reach;

/// <summary>What a client asked for: the target as it was sent, and its headers.</summary>
internal sealed record HttpAsked(string Target, IReadOnlyDictionary<string, string> Headers);
