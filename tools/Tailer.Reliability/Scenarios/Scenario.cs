namespace Tailer.Reliability;

/// <summary>Something that happens to a Tailer, or to a peer, while lines are written.</summary>
internal sealed record Scenario(string Name, string Description, Func<ScenarioSize, Task<Outcome>> Run);
