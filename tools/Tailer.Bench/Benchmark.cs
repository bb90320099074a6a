namespace Tailer.Bench;

/// <summary>A named measurement; it yields its rows.</summary>
internal sealed record Benchmark(string Name, string Description, Func<BenchSettings, Task<IReadOnlyList<BenchRow>>> Run);
