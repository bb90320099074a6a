namespace Tailer.Bench;

/// <summary>How much to measure: quick is for trying, its figures are not for quoting.</summary>
internal sealed record BenchSettings(bool Quick);
