namespace Tailer.Bench;

/// <summary>How much to measure: quick is for trying, its figures are not for quoting.</summary>
/// <param name="Quick">100 MB instead of 1 GB, seconds instead of minutes.</param>
/// <param name="CorpusFile">A log file to use instead of a generated one; null for that. What is known of it is kept beside it.</param>
internal sealed record BenchSettings(bool Quick, string? CorpusFile = null);
