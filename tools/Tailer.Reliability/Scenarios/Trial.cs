namespace Tailer.Reliability;

/// <summary>Something whose result is not lines lost and repeated, but what came of it, in words and numbers.</summary>
internal sealed record Trial(string Name, string Description, Func<ScenarioSize, Task<TrialOutcome>> Run);
