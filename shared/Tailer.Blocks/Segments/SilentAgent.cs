namespace Tailer.Blocks;

/// <summary>An agent whose manifests did not reach the end of the span when it was sealed.</summary>
public readonly record struct SilentAgent(string Agent, ulong Since);
